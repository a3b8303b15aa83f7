import Accounts
import Basics
import HTTP
import Store

extension Panel {
  /// The audit log of a server, as a page and as files.
  public var auditDoorways: [Doorway] {
    [
      page("/audit", .seeAudit) { try showAudit($0) },
      page("/audit.csv", .seeAudit) { try exportAudit($0, as: .csv) },
      page("/audit.json", .seeAudit) { try exportAudit($0, as: .json) },
    ]
  }

  private static let rowsOnPage = 50

  private func showAudit(_ visit: Visit) throws -> Response {
    let form = AuditForm(visit.request.query)
    let page: AuditPage? =
      try form.faults.isEmpty
      ? store.read { try AuditLog.page(of: visit.guild, form.filter, form.place, limit: Self.rowsOnPage, $0) } : nil
    let view = try AuditView(form, page, at: visit.address("audit"), now: present(visit))
    return try show("audit", view, title: "Audit log", to: visit, status: page == nil ? 400 : 200)
  }

  /// A file holds so many rows at most; the answer's `Link` tells where the rest is (RFC 8288).
  private func exportAudit(_ visit: Visit, as format: AuditFile) throws -> Response {
    let form = AuditForm(visit.request.query)
    if let fault = form.faults.values.sorted().first { throw Failure.invalid(fault) }
    let page = try store.read {
      try AuditLog.page(of: visit.guild, form.filter, form.place, limit: AuditFile.limit, $0)
    }
    let address = visit.address("audit")
    let next = page.older.map { "\(publicURL)\(address).\(format)\(form.query(["older": $0.description]))" }
    var response = try format.file(page.records, next: next)
    let name = "audit-\(visit.guild)-\(clock.now().description.prefix(10)).\(format)"
    response.headers["Content-Disposition"] = "attachment; filename=\"\(name)\""
    response.headers["Link"] = next.map { "<\($0)>; rel=\"next\"" }
    let entry = visit.entry(.auditExported, after: "\(page.records.count) rows\(form.query())")
    try store.write { try audit.record(entry, in: $0) }
    return response
  }
}

/// The log as a file.
enum AuditFile: String, CustomStringConvertible {
  case csv
  case json

  static let limit = 10_000
  var description: String { rawValue }

  func file(_ records: [AuditRecord], next: String?) throws -> Response {
    switch self {
    case .json: return try .json(Batch(rows: records.map(AuditLine.init), next: next, limit: Self.limit))
    case .csv:
      let lines = [AuditLine.names] + records.map { AuditLine($0).cells }
      return Response(
        headers: ["Content-Type": "text/csv; charset=utf-8"],
        body: Array((CSV.mark + lines.map(CSV.line).joined()).utf8))
    }
  }

  private struct Batch: Encodable {
    let rows: [AuditLine]
    let next: String?
    let limit: Int
  }
}
