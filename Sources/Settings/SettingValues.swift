import Basics

/// The settings in force, all of them read and checked at once.
public struct SettingValues: Sendable {
  private let values: [String: any Sendable]

  /// Reads every entry; what is missing or malformed is reported together, by name.
  public init(_ entries: [any SettingEntry], from sources: SettingSources) throws {
    var values: [String: any Sendable] = [:]
    var faults: [String] = []
    for entry in entries {
      do {
        values[entry.name] = try entry.parsed(try sources.text(of: entry.name))
      } catch let fault as SettingFault {
        faults.append(fault.description)
      } catch {
        faults.append(Failure(error).sentence)
      }
    }
    guard faults.isEmpty else {
      throw Failure.invalid("The settings cannot be used:\n" + faults.map { "  - \($0)" }.joined(separator: "\n"))
    }
    self.values = values
  }

  /// The value of a setting that was in the list.
  public subscript<Value>(setting: Setting<Value>) -> Value {
    guard let value = values[setting.name] as? Value else {
      preconditionFailure("\(setting.name) is missing from the list of settings")
    }
    return value
  }
}

/// Printed as names only, since some of the values are secrets.
extension SettingValues: CustomStringConvertible, CustomReflectable {
  public var description: String { "settings \(values.keys.sorted().joined(separator: ", "))" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
