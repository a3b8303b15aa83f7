import Accounts
import Basics

/// What the page of connections shows.
struct ConnectionsView {
  struct Workspace {
    let id: String
    let name: String
    let kind: String
    let since: Moment
    /// `good` or `bad`
    let state: String
    let sentence: String
    let formKey: String
    let address: String
    let mayManage: Bool
  }

  struct Channel {
    let name: String
    let state: String
    let sentence: String
  }

  let formKey: String
  let server: String
  let address: String
  let application: String?
  let applicationID: String?
  let channels: [Channel]
  let channelFault: String?
  let workspaces: [Workspace]
  let hasNone: Bool
  let canLink: Bool
  let mayManage: Bool
  let fault: String?

  init(
    discord: Connection?, notion: [Connection], channels: Result<[ConnectionPages.ChannelCheck], Failure>,
    canLink: Bool, mayManage: Bool, fault: String?, _ visit: Visit, now: Present
  ) {
    let formKey = visit.visitor.formKey
    self.formKey = formKey
    server = visit.guild.rawValue
    address = visit.address("connections")
    application = discord?.label
    applicationID = discord?.externalID
    self.channels = (channels.value ?? []).map {
      Channel(name: $0.name, state: $0.problem == nil ? "good" : "bad", sentence: $0.problem ?? "All rights are there")
    }
    channelFault = channels.fault
    workspaces = notion.map { connection in
      Workspace(
        id: connection.id, name: connection.label,
        kind: connection.isRenewed ? "Linked with Notion" : "Token pasted by hand",
        since: Moment(connection.connectedAt, now: now), state: connection.shape, sentence: connection.words,
        formKey: formKey, address: visit.address("connections"), mayManage: mayManage)
    }
    hasNone = workspaces.isEmpty
    self.canLink = canLink
    self.mayManage = mayManage
    self.fault = fault
  }
}

/// How a workspace's link fares, as a shape and in words.
extension Connection {
  var shape: String { brokenSince == nil ? "good" : "bad" }
  var words: String { brokenSince == nil ? "Connected" : "Please reconnect: Notion has ended the link" }
}
