import Basics
import Discord
import Signatures

/// A kind of channel that issues can live in.
protocol Board {
  func view(of issue: Issue, _ draft: MessageDraft) throws -> BoardView
  func edit(_ posted: Posted, to view: BoardView, from known: LivingMessage) throws
  func post(_ view: BoardView, _ attempt: LivingMessage, callingFor issue: Issue, _ mapping: Mapping) throws -> Posted
  /// Whether posting once more cannot make a second message.
  func canRepeat(_ attempt: LivingMessage) -> Bool
  /// Looks for what an attempt without an answer may have left.
  func find(_ issue: Issue, _ attempt: LivingMessage) throws -> Posted?
}

struct Posted {
  let message: MessageID
  let channel: ChannelID
}

/// What is shown of an issue, and a fingerprint to tell whether it is shown already.
struct BoardView {
  let draft: MessageDraft
  let name: String
  let tags: [Snowflake<Channel.Tag>]
  let hash: String
  /// False while Discord may still cover it with the answer to a press.
  var isFinal = true

  var tagText: String { tags.map(\.rawValue).joined(separator: " ") }

  /// What to remember as shown; nil while that is not sure.
  var lastingHash: String? { isFinal ? hash : nil }

  init(_ draft: MessageDraft, name: String = "", tags: [Snowflake<Channel.Tag>] = []) throws {
    self.draft = draft
    self.name = name
    self.tags = tags
    hash = SHA256.hexadecimalDigest(try JSON.encode(draft) + Array((name + tags.map(\.rawValue).joined()).utf8))
  }
}

/// A text channel: a message for each issue.
struct TextBoard: Board {
  let channel: ChannelID
  let client: DiscordClient
  let clock: WallClock

  func view(of issue: Issue, _ draft: MessageDraft) throws -> BoardView { try BoardView(draft) }

  func edit(_ posted: Posted, to view: BoardView, from known: LivingMessage) throws {
    _ = try client.editMessage(posted.channel, posted.message, view.draft)
  }

  func post(_ view: BoardView, _ attempt: LivingMessage, callingFor issue: Issue, _ mapping: Mapping) throws -> Posted {
    var draft = view.draft.calling(for: issue, mapping)
    draft.nonce = attempt.nonce
    return Posted(message: try client.createMessage(attempt.channel, draft).id, channel: attempt.channel)
  }

  /// Discord gives the same message back for the same nonce, for some minutes.
  func canRepeat(_ attempt: LivingMessage) -> Bool { clock.now() - attempt.intendedAt <= .seconds(60) }

  func find(_ issue: Issue, _ attempt: LivingMessage) throws -> Posted? {
    let start = MessageID.first(at: attempt.intendedAt - .seconds(60))
    var cursor = start
    while true {
      let messages = try client.messagesAfter(attempt.channel, cursor)
      if let found = messages.first(where: { $0.customIDs.contains(issue.mark) }) {
        return Posted(message: found.id, channel: attempt.channel)
      }
      guard let last = messages.last else { break }
      cursor = last.id
    }
    if cursor == start { try requireHistory(attempt, since: start) }
    return nil
  }

  /// Without "Read Message History" Discord answers an empty list, which proves nothing.
  private func requireHistory(_ attempt: LivingMessage, since start: MessageID) throws {
    if let newest = try client.channel(attempt.channel).lastMessageID, newest.createdAt > start.createdAt {
      throw Failure(
        .unavailable, "The bot cannot read the history of channel \(attempt.channel). Give it “Read Message History”.")
    }
  }
}

/// A forum: a post for each issue, with tags for its status and priority.
struct ForumBoard: Board {
  private let forum: Channel
  private let client: DiscordClient
  private let clock: WallClock
  /// Posts that are known to be those of other issues.
  private let taken: () throws -> Set<ChannelID>

  init(mapping: Mapping, client: DiscordClient, clock: WallClock, taken: @escaping () throws -> Set<ChannelID>) throws {
    forum = try client.channel(mapping.channel)
    self.client = client
    self.clock = clock
    self.taken = taken
  }

  func view(of issue: Issue, _ draft: MessageDraft) throws -> BoardView {
    let names = [issue.content.status, issue.content.priority].map { $0.lowercased() }
    let tags = (forum.tags ?? []).filter { names.contains($0.name.lowercased()) }.map(\.id)
    return try BoardView(draft, name: issue.content.title.orUntitled, tags: tags)
  }

  func edit(_ posted: Posted, to view: BoardView, from known: LivingMessage) throws {
    do {
      _ = try client.editMessage(posted.channel, posted.message, view.draft)
    } catch let refusal as DiscordRefusal where refusal.code == DiscordRefusal.archivedThread {
      _ = try client.editPost(posted.channel, .reopening)
      _ = try client.editMessage(posted.channel, posted.message, view.draft)
    }
    let isRenamed = known.shownName != view.name
    guard isRenamed || known.shownTags != view.tagText else { return }
    _ = try client.editPost(posted.channel, PostEdit(name: isRenamed ? view.name : nil, tags: view.tags))
  }

  func post(_ view: BoardView, _ attempt: LivingMessage, callingFor issue: Issue, _ mapping: Mapping) throws -> Posted {
    let draft = view.draft.calling(for: issue, mapping)
    let post = try client.createPost(forum.id, PostDraft(name: view.name, message: draft, tags: view.tags))
    guard let message = MessageID(post.id.rawValue) else {
      throw Failure(.unexpected, "Discord made a post without id.")
    }
    return Posted(message: message, channel: post.id)
  }

  /// Posts take no nonce.
  func canRepeat(_ attempt: LivingMessage) -> Bool { false }

  /// The list tells which posts are young enough, and we know whose most of them are; only those nobody knows are opened.
  func find(_ issue: Issue, _ attempt: LivingMessage) throws -> Posted? {
    let since = attempt.intendedAt - .seconds(60)
    let young = try posts(since: since).filter { $0.parentID == forum.id && $0.id.createdAt > since }
    let taken = young.isEmpty ? [] : try taken()
    for post in young where !taken.contains(post.id) {
      guard let first = MessageID(post.id.rawValue) else { continue }
      if try client.message(post.id, first).customIDs.contains(issue.mark) {
        return Posted(message: first, channel: post.id)
      }
    }
    return nil
  }

  /// A post is archived after an hour of silence at the soonest (Discord: threads, auto archive duration).
  private func posts(since: Timestamp) throws -> [Channel] {
    var posts = try forum.guildID.map { try client.activeThreads($0) } ?? []
    guard clock.now() - since > .seconds(3600) else { return posts }
    var before = clock.now()
    while true {
      let page = try client.archivedPosts(forum.id, before)
      posts += page.posts
      guard page.hasMore, let last = page.posts.last?.archiving?.changedAt, last > since, last < before else {
        return posts
      }
      before = last
    }
  }
}
