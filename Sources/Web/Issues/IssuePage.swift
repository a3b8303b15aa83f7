import Accounts
import Basics
import HTTP
import IssueSync
import Store

extension Panel {
  /// One issue, and what may be done with it: the same changes as in Discord.
  func issuePageDoorways(_ changing: Changing) -> [Doorway] {
    [
      page("/issues/:issue", .seeHall) { try showIssue($0) },
      form("/issues/:issue/status", .editIssue) { visit, fields in
        try change(visit) {
          _ = try changing.press(
            .status(fields["status"] ?? ""), on: visit.path["issue"], in: visit.guild, by: .inPanel(visit.actor), $0)
        }
      },
      form("/issues/:issue/assignee", .editIssue) { visit, fields in
        let chosen = fields["assignee"] ?? ""
        return try change(visit) {
          try changing.assign(
            visit.path["issue"], to: chosen.isEmpty ? nil : chosen, in: visit.guild, by: .inPanel(visit.actor), $0)
        }
      },
      form("/issues/:issue/undo", .editIssue) { visit, fields in
        _ = try store.read { try IssueStory(visit.path["issue"], in: visit.guild, at: clock.now(), $0) }
        return try change(visit) {
          _ = try changing.undo(fields["change"] ?? "", in: visit.guild, by: .inPanel(visit.actor), $0)
        }
      },
    ]
  }

  /// Asks for a change, and shows the issue: with what is being done, or with why it was refused.
  private func change(_ visit: Visit, _ wish: (WriteTransaction) throws -> Void) throws -> Response {
    do {
      try store.write(wish)
    } catch let failure as Failure where [.conflict, .invalid, .denied].contains(failure.kind) {
      return try showIssue(visit, fault: failure)
    }
    return .seeOther(visit.address("issues/\(visit.path["issue"])"))
  }

  private func showIssue(_ visit: Visit, fault: Failure? = nil) throws -> Response {
    let now = try present(visit)
    let story = try store.read { try IssueStory(visit.path["issue"], in: visit.guild, at: now.time, $0) }
    let mayEdit = visit.may(.editIssue)
    let view = IssueView(
      story, fault: fault, formKey: mayEdit ? visit.visitor.formKey : nil, at: visit.address(), now: now)
    var response = try show("issue", view, title: view.title, to: visit, status: fault?.kind.status ?? 200)
    // The page looks again by itself, ever more rarely, until the change is done.
    if let pending = story.pending, fault == nil {
      response.headers["Refresh"] = String(min(30, max(2, (now.time - pending.wishedAt).milliseconds / 4000)))
    }
    return response
  }
}

extension Changing.Person {
  fileprivate static func inPanel(_ actor: Actor) -> Changing.Person {
    Changing.Person(id: actor.user, name: actor.name, roles: actor.roles, from: .panel)
  }
}
