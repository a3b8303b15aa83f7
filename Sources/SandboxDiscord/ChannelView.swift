import Basics

/// The page of a channel, as one person sees it.
struct ChannelView {
  let id: String
  let name: String
  let sign: String
  let topic: String?
  let guild: String
  let viewer: String
  let viewerName: String
  let servers: [Link]
  let groups: [Group]
  let people: [Person]
  let messages: [MessageView]
  /// Where to look for what came before.
  let olderThan: String?
  /// Why nothing can be seen or written here.
  let refusal: String?
  let mayWrite: Bool
  let notice: String?
  let commands: [CommandLink]
  let commandForm: CommandFormView?
  let modal: ModalView?

  let forum: ForumView?
  let post: PostHeadView?

  let isForum: Bool
  let hasCommands: Bool
  /// Whether there is anything to type: a message or a command.
  let mayType: Bool
  let invitation: String
  let isEmpty: Bool

  struct Link {
    let title: String
    let href: String
    let isCurrent: Bool
  }

  struct Group {
    let title: String?
    let channels: [Channel]
  }

  struct Channel {
    let title: String
    let sign: String
    let href: String
    let isCurrent: Bool
    let isClosed: Bool
  }

  struct Person {
    let name: String
    let note: String
    let href: String
    let isCurrent: Bool
    let initial: String
    let hue: Int
  }
}
