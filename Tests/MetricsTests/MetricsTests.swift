import Basics
import Store
import TestSupport
import Testing

@testable import Metrics

@Suite("Metrics") struct MetricsTests {
  let clicks = Metric("clicks_total", .counter, labels: ["route"], "Clicks.")
  let times = Metric("click_seconds", .histogram([0.01, 1]), labels: ["route"], "How long \\ they\ntook.")

  @Test func theTextIsWhatPrometheusReads() {
    let text = Exposition.text([
      clicks.sample(2, "/b"), clicks.sample(1, "a\"\\\n"), Sample(times, ["/a"], [3, 1, 2, 5.5]),
      Metric("plain", .gauge, "A gauge.").sample(.nan),
    ])
    #expect(
      text == """
        # HELP click_seconds How long \\\\ they\\ntook.
        # TYPE click_seconds histogram
        click_seconds_bucket{route="/a",le="0.01"} 3
        click_seconds_bucket{route="/a",le="1"} 4
        click_seconds_bucket{route="/a",le="+Inf"} 6
        click_seconds_sum{route="/a"} 5.5
        click_seconds_count{route="/a"} 6
        # HELP clicks_total Clicks.
        # TYPE clicks_total counter
        clicks_total{route="/b"} 2
        clicks_total{route="a\\"\\\\\\n"} 1
        # HELP plain A gauge.
        # TYPE plain gauge
        plain NaN

        """)
  }

  @Test func severalProcessesCountTogether() throws {
    let store = try DataStore.inMemory([TallyLedger.migration])
    for _ in 1...3 {
      let tally = Tally()
      tally.count(clicks, "/a")
      tally.count(clicks, "/a")
      tally.observe(times, .milliseconds(10), "/a")
      tally.observe(times, .milliseconds(500), "/a")
      tally.observe(times, .seconds(4), "/a")
      let ledger = TallyLedger(volatile: store, tally: tally)
      try ledger.flush()
      try ledger.flush()
    }
    let samples = try TallyLedger(volatile: store, tally: Tally()).samples(of: [clicks, times])
    #expect(samples.first { $0.metric == clicks }?.cells == [6])
    #expect(samples.first { $0.metric == times }?.cells == [3, 3, 3, 13.53])
  }

  @Test func whatCannotBeWrittenIsKept() throws {
    let tally = Tally()
    tally.count(clicks, "/a")
    #expect(throws: Failure.self) { try TallyLedger(volatile: DataStore.inMemory([]), tally: tally).flush() }
    #expect(tally.take().values.first == [1])
  }

  @Test func whatAnotherVersionCountedIsLeftOut() throws {
    let store = try DataStore.inMemory([TallyLedger.migration])
    let tally = Tally()
    tally.count(clicks, "/a")
    tally.observe(times, .seconds(1), "/a")
    try TallyLedger(volatile: store, tally: tally).flush()
    let later = [
      Metric("clicks_total", .counter, labels: ["route", "code"], ""),
      Metric("click_seconds", .histogram([1]), labels: ["route"], ""),
    ]
    #expect(try TallyLedger(volatile: store, tally: tally).samples(of: later).isEmpty)
  }
}
