import Discord
import Foundation
import IssueSync
import Testing

@testable import Bootstrap
@testable import Web

/// What stands in one list has its part in the other, where no compiler looks.
@Suite("Lists that belong together") struct ListsTests {
  @Test func everyCommandThatDiscordKnowsIsAnswered() throws {
    let offered = Environment.commandDefinitions.flatMap(Self.triggers)
    let answered = try Building().environment.interactions.map(\.trigger).filter(\.isOfACommand)
    #expect(Set(offered) == Set(answered) && Set(offered).count == offered.count)
  }

  @Test func everySettingIsRead() throws {
    let file = URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../Sources/Bootstrap/GuildhallSettings.swift").standardizedFileURL
    let text = try String(contentsOf: file, encoding: .utf8)
    let named = text.matches(of: /static let \w+ = \w*Setting\w*(?:<\w+>)?\(\s*"([A-Z_]+)"/).map { String($0.1) }
    #expect(named.count > 10 && Set(named) == Set(allSettings.map(\.name)))
  }

  @Test func everyKindOfJobHasWordsForPeople() throws {
    let kinds = try Building().environment.jobKinds().map(\.name)
    #expect(Set(kinds) == Set(JobWords.titles.keys))
  }

  private static func triggers(_ command: CommandDefinition) -> [InteractionRoute.Trigger] {
    let parts = command.options.filter { $0.type == .subcommand }
    if parts.isEmpty { return [.command(command.name)] }
    return parts.flatMap { part -> [InteractionRoute.Trigger] in
      let name = "\(command.name) \(part.name)"
      return part.options.contains(where: \.autocomplete) ? [.command(name), .autocomplete(name)] : [.command(name)]
    }
  }
}

extension InteractionRoute.Trigger {
  fileprivate var isOfACommand: Bool {
    switch self {
    case .command, .autocomplete: true
    case .component, .modal: false
    }
  }
}
