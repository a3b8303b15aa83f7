import Mustache

/// A view's members by name. The template engine would look through all of a view for every name in a template, which for
/// a long list is most of the time that its page takes.
final class OpenedView: MustacheParent {
  private let members: [String: Any]

  private init(_ members: [String: Any]) { self.members = members }

  func child(named name: String) -> Any? { members[name] }

  /// The value as templates see it; nil for an empty optional. What says itself how it reads is left alone.
  static func open(_ value: Any) -> Any? {
    switch value {
    case is String, is Int, is Bool: return value
    case is any MustacheParent: return value
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.flatMap { open($0.value) }
    case .collection: return mirror.children.compactMap { open($0.value) }
    case .struct, .class, .tuple: return value is any CustomStringConvertible ? value : opened(mirror)
    default: return value
    }
  }

  private static func opened(_ mirror: Mirror) -> OpenedView {
    var members: [String: Any] = [:]
    for (label, value) in mirror.children { if let label { members[label] = open(value) } }
    return OpenedView(members)
  }
}
