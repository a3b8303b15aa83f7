import Basics
import HTTP
import Pages
import TestSupport
import Testing

@testable import Bootstrap
@testable import Web

/// What programs are told of /api is what there is.
@Suite("The description of the API") struct APIDescriptionTests {
  let doorways: [Doorway]
  let document: JSONValue
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    let settings = try folder.write(
      "STATE_DIR=\(folder.file("state"))\nENCRYPTION_KEYS=k:\(String(repeating: "ab", count: 32))\n", to: "hall.conf")
    _ = try Environment.migrate(settingsFile: settings)
    doorways = try Environment(.batch, settingsFile: settings).doorways(pages: PageLibrary(targets: ["Web"]))
    document = try JSON.decode(JSONValue.self, from: Router(doorways).answer(Request(path: "/api/openapi.json")).body)
  }

  @Test func everyAddressIsDescribedAndNoOther() throws {
    let there = doorways.filter { $0.route.pattern.hasPrefix("/api/") }.map { doorway in
      let path = doorway.route.pattern.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : $0 }
      return "\(doorway.route.method.rawValue) /\(path.joined(separator: "/"))"
    }
    let paths = try #require(document["paths"]?.object)
    let described = paths.flatMap { path, item in (item.object ?? [:]).keys.map { "\($0.uppercased()) \(path)" } }
    #expect(Set(there) == Set(described) && there.count > 10)
    #expect(doorways.allSatisfy { ($0.operation != nil) == $0.route.pattern.hasPrefix("/api/") })
  }

  @Test func whoMayIsSaid() throws {
    for doorway in doorways {
      guard let operation = doorway.operation else { continue }
      let security = try #require(described(operation.id)?["security"]?.array)
      switch doorway.access {
      case .program(let scope): #expect(security == [["key": [.string(scope.rawValue)]]])
      case .anyone: #expect(security.isEmpty == (operation.more == nil))
      default: #expect(security.count == 1)
      }
    }
  }

  @Test func idsAreUniqueAndReferencesLeadSomewhere() throws {
    let ids = doorways.compactMap(\.operation?.id)
    #expect(Set(ids).count == ids.count)
    for reference in references(document) {
      let path = reference.split(separator: "/").dropFirst().map(String.init)
      #expect(path.reduce(document as JSONValue?) { $0?[$1] } != nil, "\(reference)")
    }
  }

  private func described(_ id: String) -> JSONValue? {
    document["paths"]?.object?.values.flatMap { ($0.object ?? [:]).values }.first { $0["operationId"] == .string(id) }
  }

  private func references(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let members): [members["$ref"]?.string].compactMap(\.self) + members.values.flatMap(references)
    case .array(let elements): elements.flatMap(references)
    default: []
    }
  }
}
