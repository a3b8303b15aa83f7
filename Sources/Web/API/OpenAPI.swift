import Basics
import HTTP

/// The description of everything under /api, made from the doorways themselves (OpenAPI 3.1).
public func apiDescriptionDoorways(of doorways: [Doorway], publicURL: String) -> [Doorway] {
  let operation = APIOperation("readDescription", "This description", answers: 200, "Description")
  let pattern = "/api/openapi.json"
  // Described by a doorway like the one that is made below; only its handler is needed there.
  let own = Doorway(.anyone, .get(pattern) { _, _ in .empty() }, operation)
  let document = OpenAPI(publicURL: publicURL).document(of: doorways + [own])
  return [Doorway(.anyone, .get(pattern) { request, _ in try .tagged(document, for: request) }, operation)]
}

struct OpenAPI {
  let publicURL: String

  func document(of doorways: [Doorway]) -> JSONValue {
    var paths: [String: [String: JSONValue]] = [:]
    for doorway in doorways {
      guard let operation = doorway.operation else { continue }
      paths[path(doorway.route), default: [:]][doorway.route.method.rawValue.lowercased()] =
        describe(doorway, operation)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Guildhall", "version": "1",
        "description":
          "What programs may ask of this hall. Lists are in the order of ids and go on at “next”. Errors are problem details (RFC 9457).",
      ],
      "servers": [["url": .string(publicURL)]],
      "paths": .object(paths.mapValues { .object($0) }),
      "components": [
        "securitySchemes": .object(Self.securitySchemes), "schemas": .object(APISchemas.all),
        "responses": .object(
          Dictionary(uniqueKeysWithValues: Self.problems.map { ("\($0.status)", problem($0.words)) })),
      ],
    ]
  }

  // MARK: One operation

  private func describe(_ doorway: Doorway, _ operation: APIOperation) -> JSONValue {
    var described: [String: JSONValue] = [
      "operationId": .string(operation.id), "summary": .string(operation.summary),
      "security": security(doorway.access, operation), "responses": .object(responses(doorway, operation)),
    ]
    let parameters = pathParameters(doorway.route) + operation.query.map(parameter)
    if !parameters.isEmpty { described["parameters"] = .array(parameters) }
    if let body = operation.body {
      described["requestBody"] = ["required": true, "content": ["application/json": ["schema": body]]]
    }
    return .object(described)
  }

  private func path(_ route: Route) -> String {
    route.pattern.split(separator: "/").map { $0.hasPrefix(":") ? "/{\($0.dropFirst())}" : "/\($0)" }.joined()
  }

  private func pathParameters(_ route: Route) -> [JSONValue] {
    route.pattern.split(separator: "/").filter { $0.hasPrefix(":") }.map {
      ["name": .string(String($0.dropFirst())), "in": "path", "required": true, "schema": snowflakeSchema]
    }
  }

  private func parameter(_ parameter: APIParameter) -> JSONValue {
    [
      "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
      "description": .string(parameter.description), "schema": parameter.schema,
    ]
  }

  // MARK: Who may

  private static let securitySchemes: [String: JSONValue] = [
    "key": ["type": "http", "scheme": "bearer", "description": "An API key, ghk_…, with the scope that is named."],
    "scheduler": ["type": "http", "scheme": "bearer", "description": "CRON_SECRET of the settings."],
    "Discord": [
      "type": "apiKey", "in": "header", "name": "X-Signature-Ed25519",
      "description": "Discord's signature of X-Signature-Timestamp and the body.",
    ],
  ]

  private func security(_ access: Access, _ operation: APIOperation) -> JSONValue {
    switch access {
    case .program(let scope): [["key": [.string(scope.rawValue)]]]
    case .secret: [["scheduler": []]]
    case .signed(let service): [.object([service: []])]
    case .anyone, .person, .server: operation.more.map { [[:], ["key": [.string($0.rawValue)]]] } ?? []
    }
  }

  // MARK: Answers

  private func responses(_ doorway: Doorway, _ operation: APIOperation) -> [String: JSONValue] {
    let isOpen = doorway.access == .anyone && operation.more == nil
    let isTagged = doorway.route.method == .get && doorway.access != .secret("CRON_SECRET") && operation.more == nil
    var responses: [String: JSONValue] = [
      "\(operation.status)": [
        "description": .string(operation.summary),
        "content": ["application/json": ["schema": reference("schemas", operation.schema)]],
      ]
    ]
    if isTagged { responses["304"] = ["description": "You have it already (If-None-Match)."] }
    for problem in Self.problems where !(isOpen && [401, 403].contains(problem.status)) {
      responses["\(problem.status)"] = reference("responses", "\(problem.status)")
    }
    return responses
  }

  private static let problems: [(status: Int, words: String)] = [
    (400, "Something in the request is wrong."),
    (401, "It is not known who asks."),
    (403, "It is known who asks, and they may not."),
    (404, "There is nothing at this address, or nothing that this key may know of."),
    (405, "This address takes other methods; “Allow” names them."),
    (429, "Too often; “Retry-After” says in how many seconds."),
    (503, "Something that this needs is away at the moment; nothing was changed."),
  ]

  private func problem(_ words: String) -> JSONValue {
    [
      "description": .string(words),
      "content": ["application/problem+json": ["schema": reference("schemas", "Problem")]],
    ]
  }

  private func reference(_ kind: String, _ name: String) -> JSONValue {
    ["$ref": .string("#/components/\(kind)/\(name)")]
  }
}
