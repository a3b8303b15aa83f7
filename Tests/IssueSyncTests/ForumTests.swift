import Basics
import Discord
import Notion
import Synchronization
import Testing

@testable import IssueSync

@Suite("Issues in a forum")
struct ForumTests {
  let hall = try! Hall()  // in memory: cannot fail

  /// A forum: remembers its posts and which of them were opened.
  private final class Forum: Sendable {
    private struct State {
      var posts: [(id: ChannelID, draft: PostDraft)] = []
      var opened: [MessageID] = []
      var isArchived = false
      var failures = 0
    }
    private let state = Mutex(State())

    var posts: Int { state.withLock { $0.posts.count } }
    var opened: Int { state.withLock { $0.opened.count } }
    func archive() { state.withLock { $0.isArchived = true } }
    func loseNextAnswer() { state.withLock { $0.failures += 1 } }

    func client(_ hall: Hall) -> DiscordClient {
      var client = DiscordClient.failing
      client.channel = { _ in try Self.channel(#"{"id":"2000","type":15,"guild_id":"1000","available_tags":[]}"#) }
      client.createPost = { [self] _, draft in
        let (post, isLost) = state.withLock { state in
          let id = ChannelID(
            String(UInt64(hall.now.milliseconds - 1_420_070_400_000) << 22 | UInt64(state.posts.count + 1)))!
          state.posts.append((id, draft))
          defer { state.failures = 0 }
          return (id, state.failures > 0)
        }
        if isLost { throw Failure(.outcomeUnknown, "Discord did not answer.") }
        return try Self.channel(#"{"id":"\#(post)","type":11,"parent_id":"2000"}"#)
      }
      client.activeThreads = { [self] _ in
        try state.withLock { state in try state.isArchived ? [] : state.posts.map { try Self.post($0.id, hall.now) } }
      }
      client.archivedPosts = { [self] _, _ in
        try state.withLock { state in
          (try state.isArchived ? state.posts.map { try Self.post($0.id, hall.now) } : [], false)
        }
      }
      client.message = { [self] channel, id in
        state.withLock { state in
          state.opened.append(id)
          let draft = state.posts.first { $0.id == channel }?.draft.message
          return Message(id: id, customIDs: draft?.customIDs ?? [])
        }
      }
      client.editMessage = { _, id, _ in Message(id: id) }
      client.editPost = { id, _ in try Self.post(id, hall.now) }
      return client
    }

    private static func post(_ id: ChannelID, _ time: Timestamp) throws -> Channel {
      try channel(#"{"id":"\#(id)","type":11,"parent_id":"2000","thread_metadata":{"archive_timestamp":"\#(time)"}}"#)
    }

    private static func channel(_ json: String) throws -> Channel { try JSON.decode(Channel.self, from: json) }
  }

  private func sync(_ rows: [Page], _ forum: Forum) throws {
    hall.notion.query = { [hall] _, _ in RowPage(rows: rows, answeredAt: hall.now) }
    _ = try hall.syncing.run(try hall.mappings.list()[0], notion: hall.notion)
  }

  private func begin(_ forum: Forum) throws {
    _ = try hall.mapping()
    try hall.store.write { try $0.run("UPDATE sync_mappings SET channel_kind = 'forum'") }
    hall.discord = forum.client(hall)
  }

  @Test(arguments: [false, true])
  func aLostPostIsFoundAmongManyWithoutOpeningThoseWeKnow(isArchived: Bool) throws {
    let forum = Forum()
    try begin(forum)
    try sync((1...20).map { hall.row($0) }, forum)
    try hall.work()
    #expect(forum.posts == 20)
    forum.loseNextAnswer()
    try sync([hall.row(21)], forum)
    try hall.work(for: 0)
    #expect(forum.posts == 21)
    if isArchived {
      forum.archive()
      hall.now = hall.now + .seconds(7200)
    }
    try hall.work(for: 8)
    #expect(forum.posts == 21 && forum.opened == 1)
    #expect(try hall.jobs("done") == 21)
  }
}
