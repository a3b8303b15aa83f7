import Accounts
import Discord
import IssueSync
import Store

/// The controls on an issue's message.
public func issueComponents(_ changing: Changing) -> [ComponentRoute] {
  [
    ComponentRoute(IssueAction.fix) { click, transaction in
      try changing.answer(click, .fix, transaction)
    },
    ComponentRoute(IssueAction.status) { click, transaction in
      try changing.answer(click, .status(click.values.first ?? ""), transaction)
    },
    ComponentRoute(IssueAction.undo) { click, transaction in
      try authorize(click.actor, .changeIssue, in: click.actor.guild)
      return .update(
        try changing.undo(click.id, in: click.actor.guild, by: Changing.Person(click.actor), transaction))
    },
  ]
}

extension Changing {
  fileprivate func answer(_ click: ComponentClick, _ wish: Wish, _ transaction: WriteTransaction) throws
    -> InteractionAnswer
  {
    try authorize(click.actor, .changeIssue, in: click.actor.guild)
    return .update(try press(wish, on: click.id, in: click.actor.guild, by: Person(click.actor), transaction))
  }
}

extension Changing.Person {
  init(_ actor: Actor) { self.init(id: actor.user, name: actor.name, roles: actor.roles) }
}
