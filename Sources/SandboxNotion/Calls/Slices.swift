import Basics

/// A stretch of a list whose elements have ids; the cursor is the id of the first one that follows (recorded).
struct Slice<Element> {
  let elements: [Element]
  let next: String?

  init(_ all: [Element], size: Int, from cursor: String?, id: (Element) -> String) throws {
    var start = 0
    if let cursor {
      let wanted = ObjectID.parse(cursor) ?? cursor
      guard let index = all.firstIndex(where: { id($0) == wanted }) else {
        throw APIError.validation("The start_cursor provided is invalid: \(cursor)")
      }
      start = index
    }
    let end = min(start + size, all.count)
    elements = Array(all[start..<end])
    next = end < all.count ? id(all[end]) : nil
  }
}
