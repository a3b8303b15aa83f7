import Accounts
import Discord
import IssueSync

/// The buttons on an issue's message.
public func issueComponents(_ fixing: Fixing) -> [ComponentRoute] {
  [
    ComponentRoute(Issue.fixAction) { click, transaction in
      try authorize(click.actor, .fixIssue, in: click.actor.guild)
      return .update(try fixing.press(click.id, in: click.actor.guild, by: click.actor.name, transaction))
    }
  ]
}
