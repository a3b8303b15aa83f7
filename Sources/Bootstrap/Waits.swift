import Basics
import Foundation

/// How long each thread has waited for the services' limits, for the ledger of runs.
enum Waits {
  private static let key = "guildhall.waited"

  static var ofThisThread: Duration { Thread.current.threadDictionary[key] as? Duration ?? .zero }

  static func sleep(_ pause: Duration) {
    Thread.sleep(forTimeInterval: Double(pause.milliseconds) / 1000)
    Thread.current.threadDictionary[key] = ofThisThread + pause
  }
}
