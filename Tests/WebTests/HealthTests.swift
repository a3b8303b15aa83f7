import Basics
import HTTP
import Testing

@testable import Web

@Suite("Health")
struct HealthTests {
  private func answer(_ path: String, _ checks: [ReadinessCheck]) throws -> (Int, JSONValue) {
    let response = Router(healthDoorways(checks: checks)).answer(Request(path: path))
    return (response.status, try JSON.decode(JSONValue.self, from: response.body))
  }

  @Test func healthAsksNothing() throws {
    let (status, body) = try answer("/health", [ReadinessCheck("never") { Issue.record("health must not look") }])
    #expect(status == 200 && body["status"] == "ok")
  }

  @Test func readyTellsWhatIsMissing() throws {
    let well = ReadinessCheck("database") {}
    let ill = ReadinessCheck("discord") { throw Failure(.unavailable, "not connected") }
    #expect(try answer("/ready", [well]).0 == 200)
    let (status, body) = try answer("/ready", [well, ill])
    #expect(status == 503 && body["checks"] == ["database": "ok", "discord": "not connected"])
  }

  @Test func whatIsHeldBackIsToldAndKeepsNobodyAway() throws {
    let doorways = healthDoorways(checks: [], troubles: { ["Far refuses our token."] })
    let response = Router(doorways).answer(Request(path: "/ready"))
    let body = try JSON.decode(JSONValue.self, from: response.body)
    #expect(response.status == 200 && body["troubles"] == ["Far refuses our token."])
  }
}
