import Accounts
import Basics
import HTTP
import Metrics
import Store
import TestSupport
import Testing

@testable import Web

@Suite("The door of metrics") struct MetricsDoorTests {
  let keys: APIKeys
  let rates: KeyRates
  let store: DataStore
  let tally = Tally()

  init() throws {
    store = try DataStore.inMemory([APIKeys.migration, TallyLedger.migration])
    keys = APIKeys(store: store, clock: .system)
    rates = KeyRates(volatile: try .inMemory(accountVolatileMigrations), clock: .system, rate: 600)
  }

  private func router(_ sources: [MetricSource] = []) -> Router {
    let door = MetricsDoor(
      ledger: TallyLedger(volatile: store, tally: tally), counted: RequestMetrics.all, sources: sources,
      allowed: ["127.0.0.1", "10.0.0.0/8"].compactMap(AddressRange.init),
      gate: ProgramGate(settingKey: nil, keys: keys, rates: rates)
    )
    return Router(door.doorways, observe: RequestMetrics.observer(tally))
  }

  private func ask(_ router: Router, from address: String, bearer: String? = nil) -> Response {
    var request = Request(path: "/metrics", remoteAddress: address)
    request.headers["Authorization"] = bearer.map { "Bearer \($0)" }
    return router.answer(request)
  }

  @Test(arguments: [("127.0.0.1", 200), ("10.1.2.3", 200), ("192.0.2.1", 401), ("::1", 401), ("", 401)])
  func strangersSeeNothing(address: String, status: Int) {
    let answer = ask(router(), from: address)
    #expect(answer.status == status)
    #expect((status == 200) == String(decoding: answer.body, as: UTF8.self).contains("guildhall_"))
  }

  @Test func aKeyWithTheScopeOpens() throws {
    let reader = try keys.create(.init("Prometheus", scopes: [.readMetrics], createdBy: "test")).text
    let other = try keys.create(.init("Grafana", scopes: [.readStats], createdBy: "test")).text
    #expect(ask(router(), from: "192.0.2.1", bearer: reader).status == 200)
    #expect(ask(router(), from: "192.0.2.1", bearer: other).status == 403)
  }

  @Test func requestsAreCountedByPatternAndNeverByPath() throws {
    let router = router()
    for path in ["/metrics", "/secret/12345", "/other"] { _ = router.answer(Request(path: path)) }
    _ = router.answer(Request(method: HTTP.Method(rawValue: "BREW"), path: "/metrics"))
    let text = String(decoding: ask(router, from: "127.0.0.1").body, as: UTF8.self)
    #expect(text.contains(#"guildhall_http_requests_total{route="/metrics",method="GET",code="200"} 1"#))
    #expect(text.contains(#"guildhall_http_requests_total{route="none",method="GET",code="404"} 2"#))
    #expect(text.contains(#"guildhall_http_requests_total{route="none",method="other",code="405"} 1"#))
    #expect(text.contains(#"guildhall_http_request_seconds_count{route="none"} 3"#))
    #expect(!text.contains("12345") && !text.contains("BREW"))
  }

  @Test func aSourceThatFailsDoesNotHideTheOthers() {
    let gauge = Metric("well", .gauge, "Well.")
    let router = router([
      MetricSource("broken") { throw Failure(.unavailable, "no") }, MetricSource("well") { [gauge.sample(1)] },
    ])
    let text = String(decoding: ask(router, from: "127.0.0.1").body, as: UTF8.self)
    #expect(text.contains("\nwell 1\n") && text.contains("guildhall_metric_sources_failed 1\n"))
  }
}
