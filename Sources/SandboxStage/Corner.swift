/// What a stand-in shows of itself on the first page.
public struct Corner: Sendable {
  public struct Link: Sendable {
    public let title: String
    public let href: String
    public let note: String

    public init(_ title: String, href: String, note: String = "") {
      self.title = title
      self.href = href
      self.note = note
    }
  }

  public let title: String
  public let sentence: String
  /// Where its API answers, for clients.
  public let baseURL: String
  public let links: @Sendable () throws -> [Link]

  public init(title: String, sentence: String, baseURL: String, links: @escaping @Sendable () throws -> [Link]) {
    self.title = title
    self.sentence = sentence
    self.baseURL = baseURL
    self.links = links
  }
}
