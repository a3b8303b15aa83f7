import Basics
import Foundation
import HTTP
import Testing

@testable import SandboxDiscord

let globalCommands = "/applications/\(Identity.application)/commands"
let guildCommands = "/applications/\(Identity.application)/guilds/\(Identity.guild)/commands"

@Test(arguments: [globalCommands, guildCommands])
func aListReplacesAllOfAScope(path: String) throws {
  let bench = try Bench()
  let both = #"""
    [{"type":1,"name":"issue","description":"Issues","options":[{"type":1,"name":"show","description":"One"}]},
     {"type":3,"name":"File as issue"}]
    """#
  let first = try bench.send(.put, path, both).value.array ?? []
  #expect(first.map { $0["name"]?.string } == ["issue", "File as issue"])
  #expect(first[1]["description"] == "")
  #expect(first[0]["guild_id"]?.string == (path == guildCommands ? Identity.guild : nil))
  let again = try bench.send(.put, path, both).value.array ?? []
  #expect(again == first)
  let changed =
    try bench.send(.put, path, #"[{"name":"issue","description":"Issues of this server"}]"#).value.array ?? []
  #expect(changed.count == 1)
  #expect(changed[0]["id"] == first[0]["id"])
  #expect(changed[0]["version"] != first[0]["version"])
  let listed = try bench.send(.get, path).value.array ?? []
  #expect(listed.count == 1)
  #expect(listed[0]["name_localizations"] == nil)
  #expect(try bench.send(.get, path == globalCommands ? guildCommands : globalCommands).value == [])
  #expect(bench.send(.put, path, "[]").status == 200)
  #expect(try bench.send(.get, path).value == [])
}

@Test func oneCommandIsMadeChangedAndTakenAway() throws {
  let bench = try Bench()
  let made = bench.send(.post, guildCommands, #"{"name":"blep","description":"Send a photo"}"#)
  #expect(made.status == 201)
  #expect(bench.send(.post, guildCommands, #"{"name":"blep","description":"Send a picture"}"#).status == 200)
  let path = guildCommands + "/\(try made.value["id"]?.string ?? "")"
  #expect(try bench.send(.patch, path, #"{"name":"blop"}"#).value["description"] == "Send a picture")
  #expect(try bench.send(.get, path).value["name"] == "blop")
  #expect(try bench.send(.get, path.replacing(guildCommands, with: globalCommands)).value["code"] == 10063)
  #expect(bench.send(.delete, path).status == 204)
  #expect(try bench.send(.delete, path).value["code"] == 10063)
  #expect(try bench.send(.get, "/applications/\(Identity.guild)/commands").value["code"] == 20012)
  #expect(try bench.send(.get, "/applications/\(Identity.application)/guilds/1/commands").value["code"] == 50001)
}

@Test(arguments: [
  (#"{"description":"x"}"#, "name", "BASE_TYPE_REQUIRED"),
  (#"{"name":"Upper","description":"x"}"#, "name", "APPLICATION_COMMAND_INVALID_NAME"),
  (#"{"name":"two words","description":"x"}"#, "name", "APPLICATION_COMMAND_INVALID_NAME"),
  (#"{"name":"abcdefghijklmnopqrstuvwxyzabcdefg","description":"x"}"#, "name", "BASE_TYPE_BAD_LENGTH"),
  (#"{"name":"a"}"#, "description", "BASE_TYPE_REQUIRED"),
  (#"{"name":"a","description":""}"#, "description", "BASE_TYPE_BAD_LENGTH"),
  (
    #"{"name":"A b","type":3,"description":"x"}"#, "description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"
  ),
  (#"{"name":"a","type":9,"description":"x"}"#, "type", "BASE_TYPE_CHOICES"),
  (
    #"{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x"},{"type":3,"name":"r","description":"x","required":true}]}"#,
    "options.1.required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
  ),
  (
    #"{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x"},{"type":1,"name":"s","description":"x"}]}"#,
    "options.0.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
  ),
  (
    #"{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x"},{"type":3,"name":"o","description":"x"}]}"#,
    "options.1.name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
  ),
  (
    #"{"name":"a","description":"x","options":[{"type":3,"name":"o","description":"x","max_length":6001}]}"#,
    "options.0.max_length", "NUMBER_TYPE_MAX"
  ),
  (
    #"{"name":"a","description":"x","options":[{"type":5,"name":"o","description":"x","autocomplete":true}]}"#,
    "options.0.autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID"
  ),
])
func aCommandIsRefused(body: String, place: String, code: String) throws {
  let answer = try Bench().send(.post, guildCommands, body)
  #expect(answer.status == 400)
  let errors = try answer.value["errors"]
  let leaf = place.split(separator: ".").reduce(errors) { $0?[String($1)] }
  #expect(leaf?["_errors"]?[0]?["code"]?.string == code)
}

@Test func aCommandHasAMostSizeAndAScopeAMostNumber() throws {
  let bench = try Bench()
  let choices = (0..<25).map {
    let text = String(repeating: "v", count: 98) + String(format: "%02d", $0)
    return #"{"name":"\#(text)","value":"\#(text)"}"#
  }
  let options = ["o", "p"].map {
    #"{"type":3,"name":"\#($0)","description":"x","choices":[\#(choices.joined(separator: ","))]}"#
  }
  let large = #"{"name":"a","description":"x","options":[\#(options.joined(separator: ","))]}"#
  #expect(
    try bench.send(.post, guildCommands, large).value["errors"]?["_errors"]?[0]?["code"]
      == "APPLICATION_COMMAND_TOO_LARGE")
  let many = (0...15).map { #"{"type":3,"name":"M \#($0)"}"# }
  #expect(try bench.send(.put, guildCommands, "[\(many.joined(separator: ","))]").value["code"] == 30032)
  #expect(bench.send(.put, guildCommands, "[\(many.dropLast().joined(separator: ","))]").status == 200)
  #expect(try bench.send(.post, guildCommands, many[15]).value["code"] == 30032)
}

@Test(
  .enabled(if: ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] != nil, "GUILDHALL_SHARED is unset"),
  arguments: ["create_default_permissions", "create_message", "create_localized", "create_slash"])
func theDocumentedCommandsAreTaken(name: String) throws {
  let folder = ProcessInfo.processInfo.environment["GUILDHALL_SHARED"] ?? ""
  let bytes = try #require(
    FileManager.default.contents(atPath: folder + "/fixtures/discord/commands/\(name)_docs.json"))
  let answer = try Bench().send(.post, globalCommands, String(decoding: bytes, as: UTF8.self))
  #expect(answer.status == 201, "\(String(decoding: answer.body, as: UTF8.self))")
}
