/// Numbers that look drawn at random and are the same every time (SplitMix64).
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }

  mutating func percent(_ share: Int) -> Bool { number(1...100) <= share }

  mutating func one<Element>(of elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }

  /// So many different ones, in their own order.
  mutating func some<Element>(_ count: Int, of elements: [Element]) -> [Element] {
    var indices = Array(elements.indices)
    while indices.count > count { indices.remove(at: number(0...indices.count - 1)) }
    return indices.map { elements[$0] }
  }

  /// One of them, as likely as its weight says.
  mutating func weighted<Element>(_ choices: [(Element, Int)]) -> Element {
    var rest = number(1...choices.reduce(0) { $0 + $1.1 })
    for (element, weight) in choices {
      rest -= weight
      if rest <= 0 { return element }
    }
    return choices[choices.count - 1].0
  }
}
