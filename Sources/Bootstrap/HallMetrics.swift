import Accounts
import Basics
import Batch
import Foundation
import HTTP
import Jobs
import Metrics
import Store
import Upkeep
import Web

/// How the house stands at the moment it is asked. All of it is of the whole hall, whichever process answers.
extension Environment {
  /// What every request of this process is counted by.
  public var requestObserver: Router.Observer { RequestMetrics.observer(tally) }

  func metricsDoor(process: @escaping @Sendable () -> [Sample]) -> MetricsDoor {
    MetricsDoor(
      ledger: tallyLedger, counted: RequestMetrics.all + CallMetrics.all,
      sources: [
        MetricSource("jobs", jobSamples), MetricSource("connections", connectionSamples),
        MetricSource("mappings", mappingSamples), MetricSource("programs", programSamples),
        MetricSource("files", fileSamples), MetricSource("backups", backupSamples), MetricSource("process", process),
      ],
      allowed: settings[.metricsAllow], gate: gate)
  }

  @Sendable private func jobSamples() throws -> [Sample] {
    let known = Set(jobKinds().map(\.name))
    let now = clock.now()
    return try durable.read { queries in
      let counts = try queries.rows(
        """
        SELECT state, kind, count(*) AS number FROM jobs
        WHERE \(JobQueue.isShown) GROUP BY state, kind ORDER BY state, kind
        """)
      let byLabels = try Dictionary(
        counts.map { row in
          let kind: String = try row.get("kind")
          return ([try row.get("state"), known.contains(kind) ? kind : "other"], try row.get("number", as: Int.self))
        }, uniquingKeysWith: +)
      let due = try JobQueue.oldestDue(at: now, queries)
      return byLabels.map { HallMetric.jobs.sample($1, $0[0], $0[1]) }
        + [HallMetric.jobLag.sample(due.map { seconds(now - $0) } ?? 0)]
    }
  }

  @Sendable private func connectionSamples() throws -> [Sample] {
    let all = try [connections.discord()].compactMap(\.self) + connections.notion()
    return try all.flatMap { connection in
      let health = try health(of: connection)
      let labels = (connection.service.rawValue, connection.id)
      return [
        HallMetric.breaker.sample(health.isBroken ? 1 : 0, labels.0, labels.1),
        HallMetric.held.sample(health.troubles.isEmpty ? 0 : 1, labels.0, labels.1),
        HallMetric.spent.sample(health.spent, labels.0, labels.1),
        HallMetric.budget.sample(health.budget.calls, labels.0, labels.1),
      ]
    }
  }

  @Sendable private func mappingSamples() throws -> [Sample] {
    try mappings.health().flatMap { health in
      (health.lagSeconds.map { [HallMetric.mappingLag.sample(Double($0), health.id)] } ?? [])
        + [HallMetric.mappingFailures.sample(health.failuresInARow, health.id)]
    }
  }

  @Sendable private func programSamples() throws -> [Sample] {
    try batchRuns.list().flatMap { run in
      [
        run.succeededAt.map { HallMetric.lastSuccess.sample(seconds($0), run.program) },
        run.duration.map { HallMetric.runDuration.sample(seconds($0), run.program) },
        HallMetric.runFailures.sample(run.failuresInARow, run.program),
      ].compactMap(\.self)
    } + [HallMetric.responders.sample(try presence.list().count)]
  }

  @Sendable private func fileSamples() throws -> [Sample] {
    let files = [("durable", premises.databasePath), ("volatile", premises.volatilePath)]
    return files.flatMap { name, path in
      [
        HallMetric.wal.sample(fileSize(path + "-wal"), name), HallMetric.database.sample(fileSize(path), name),
      ]
    } + [
      HallMetric.diskFree.sample(try diskSpace(at: stateDirectory).free),
      HallMetric.sqlite.sample(1, try durable.facts()["sqlite_version"] ?? "?"),
      HallMetric.schema.sample(durableMigrations.count),
    ]
  }

  @Sendable private func backupSamples() throws -> [Sample] {
    try Backups.list(in: premises.backupDirectory).last.map { [HallMetric.backup.sample(seconds($0.takenAt))] } ?? []
  }
}

private func seconds(_ time: Timestamp) -> Double { Double(time.milliseconds) / 1000 }
private func seconds(_ duration: Duration) -> Double { Double(duration.milliseconds) / 1000 }

/// Bytes; 0 for a file that is not there.
private func fileSize(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// Free and all bytes of the file system a path lies on.
public func diskSpace(at path: String) throws -> (free: Int, total: Int) {
  var status = statvfs()
  guard statvfs(path, &status) == 0 else {
    throw Failure(.unavailable, "\(path) cannot be looked at.", cause: systemError())
  }
  return (Int(status.f_bavail) * Int(status.f_frsize), Int(status.f_blocks) * Int(status.f_frsize))
}
