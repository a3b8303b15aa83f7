import Basics

/// A program that cron or a timer is to start. The cron lines and the units say the same; a test compares them.
public struct ScheduledProgram: Sendable {
  /// Its name among the runs that are written down.
  public let name: String
  public let command: String
  /// What its timer and its lines in the journal are called: `guildhall-sync`.
  public let unit: String
  public let period: Duration

  public static let all = [
    ScheduledProgram(name: "notion-sync", command: "notion-sync", unit: "guildhall-sync", period: .seconds(120)),
    ScheduledProgram(name: "jobs", command: "guildhall jobs run", unit: "guildhall-jobs", period: .seconds(60)),
    ScheduledProgram(name: "notion-sync --full", command: "notion-sync --full", unit: "guildhall-full", period: day),
    ScheduledProgram(name: "backup", command: "guildhall backup", unit: "guildhall-backup", period: day),
    ScheduledProgram(
      name: "housekeeping", command: "guildhall housekeeping", unit: "guildhall-housekeeping", period: day),
  ]

  private static let day = Duration.seconds(86_400)

  /// A hall younger than this is still being set up, by hand.
  public static let settlingIn: Duration = .seconds(3600)

  /// Whether two periods have passed without a success (a single failure is nothing to wake anybody for).
  /// - Parameters:
  ///   - run: how it fares; nil when it never ran.
  ///   - hall: since when there is a hall.
  public func isOverdue(_ run: BatchRun?, since hall: Timestamp, at time: Timestamp) -> Bool {
    time - hall > Self.settlingIn && time - (run?.succeededAt ?? hall) > (run?.period ?? period) * 2
  }
}
