import Basics
import Batch
import Bootstrap

/// The result of a command on standard output: words for people, or one line of JSON.
func show(_ value: some Encodable, _ common: CommonOptions, _ text: () throws -> String) throws {
  print(try common.json ? JSON.text(value) : text())
}

/// An environment for a command that a person watches: the log speaks only of trouble.
/// - Parameter isBatch: a scheduler starts it, and the journal takes the log.
func quietEnvironment(_ common: CommonOptions, isBatch: Bool = false) throws -> Environment {
  let environment = try reporting(exit: .configuration) { try Environment(.batch, settingsFile: common.settings) }
  if isBatch {
    environment.installBatchLog()
    return environment
  }
  JSONLineHandler.install(level: environment.logLevel == .debug ? .debug : .error)
  return environment
}

/// The settings alone, for what is done while no database is open.
func quietPremises(_ common: CommonOptions) throws -> Premises {
  let premises = try reporting(exit: .configuration) { try Premises(settingsFile: common.settings) }
  JSONLineHandler.install(level: premises.logLevel == .debug ? .debug : .error)
  return premises
}

/// 1,234,567 bytes as people say it: 1.2 MB.
func spoken(bytes: Int) -> String {
  let units = ["bytes", "KB", "MB", "GB", "TB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 1000, unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  return unit == 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
}

/// How long ago, in the unit that fits.
func spoken(_ duration: Duration) -> String {
  let seconds = duration.components.seconds
  switch seconds {
  case ..<120: return counted(Int(seconds), "second")
  case ..<7200: return "\(seconds / 60) minutes"
  case ..<172_800: return "\(seconds / 3600) hours"
  default: return "\(seconds / 86_400) days"
  }
}
