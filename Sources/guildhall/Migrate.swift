import ArgumentParser
import Basics
import Batch
import Bootstrap

struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes the database, or brings it up to date.",
    discussion:
      "The only program that changes the schema. Run it after installing a new version; repeating it is harmless.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    let applied = try reporting(exit: .configuration) { try Environment.migrate(settingsFile: common.settings) }
    if common.json {
      print(try JSON.text(["applied": applied]))
    } else {
      print(
        applied.isEmpty
          ? "The database is up to date." : "Applied:\n" + applied.map { "  \($0)" }.joined(separator: "\n"))
    }
  }
}
