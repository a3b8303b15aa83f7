import Accounts
import HTTP

/// Who may come in by an address. There is no way to make a `Doorway` without saying it.
public enum Access: Sendable, Hashable, CustomStringConvertible {
  case anyone
  /// Only the service that signs its requests.
  case signed(by: String)
  /// Holders of the secret in that setting.
  case secret(String)
  /// Programs with an API key that has this scope (`ProgramGate`).
  case program(APIScope)
  /// Whoever is logged in, for what is their own.
  case person
  /// Somebody logged in whose standing in the address's server allows it.
  case server(Action)

  public var description: String {
    switch self {
    case .anyone: "anyone"
    case .signed(let service): "signed by \(service)"
    case .secret(let setting): "holders of \(setting)"
    case .program(let scope): "programs (\(scope.rawValue))"
    case .person: "anyone logged in"
    case .server(let action): "\(action.requirement.rawValue) (\(action.rawValue))"
    }
  }
}

/// A route, and who may take it.
public struct Doorway: Sendable {
  public let access: Access
  public let route: Route
  /// What programs are told of it; every address under /api has one.
  public let operation: APIOperation?

  init(_ access: Access, _ route: Route, _ operation: APIOperation? = nil) {
    self.access = access
    self.route = route
    self.operation = operation
  }
}

extension [Route] {
  /// Routes that see to their access by themselves, in the handler.
  func guarded(by access: Access) -> [Doorway] { map { Doorway(access, $0) } }
}

extension Router {
  public init(_ doorways: [Doorway], observe: Observer? = nil) { self.init(doorways.map(\.route), observe: observe) }
}
