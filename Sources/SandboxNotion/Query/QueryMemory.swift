import Synchronization

/// Orders that were worked out lately, so that reading a long list page by page sorts it once.
///
/// An entry is used only while nothing in the workspace has changed and the minute is the same.
final class QueryMemory: Sendable {
  struct Key: Hashable {
    let query: String
    let revision: Int64
    let minute: Int64
  }

  private let kept = Mutex<[(key: Key, ids: [String])]>([])
  private let limit = 8

  func ids(_ key: Key, make: () throws -> [String]) rethrows -> [String] {
    if let found = kept.withLock({ $0.first { $0.key == key }?.ids }) { return found }
    let ids = try make()
    kept.withLock { entries in
      entries.append((key, ids))
      if entries.count > limit { entries.removeFirst() }
    }
    return ids
  }
}
