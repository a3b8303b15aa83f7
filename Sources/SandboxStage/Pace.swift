import Basics
import HTTP
import Synchronization

/// How fast the stand-ins let their clients go: far more than anybody needs, or what the real services allow.
public enum Pace: String, Codable, Sendable {
  case generous
  case real
}

/// The pace of the moment, for all stand-ins at once.
public final class PaceSwitch: Sendable {
  private let pace: Mutex<Pace>

  public init(_ pace: Pace) { self.pace = Mutex(pace) }

  public var current: Pace { pace.withLock { $0 } }

  func change(to new: Pace) { pace.withLock { $0 = new } }
}

extension Stage {
  private struct PaceForm: Codable { let pace: Pace }

  var paceRoutes: [Route] {
    [
      .get("/sandbox/pace") { _, _ in try .json(PaceForm(pace: pace.current)) },
      .put("/sandbox/pace") { request, _ in
        guard let form = try? request.json(PaceForm.self) else {  // the sentence says what it should have been
          throw Failure.invalid(#"Send {"pace": "generous"} or {"pace": "real"}."#)
        }
        pace.change(to: form.pace)
        return try .json(form)
      },
    ]
  }
}
