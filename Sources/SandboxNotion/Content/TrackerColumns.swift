import Basics

/// The columns of the bug tracker: one of every common type. Ids are four characters, some of which need encoding.
enum TrackerColumns {
  static let statuses = [
    ("Not started", "gray"), ("Triaged", "purple"), ("In progress", "blue"), ("Blocked", "red"), ("Fixed", "green"),
    ("Won't fix", "brown"),
  ]
  static let priorities = [("P0", "red"), ("P1", "orange"), ("P2", "yellow"), ("P3", "gray")]
  static let labels = [
    ("crash", "red"), ("UI", "blue"), ("audio", "purple"), ("network", "orange"), ("save data", "pink"),
    ("localisation", "green"), ("performance", "yellow"), ("controller", "brown"), ("art", "gray"),
    ("balance", "default"), ("accessibility", "green"),
  ]
  static let platforms = [
    ("Windows", "blue"), ("macOS", "gray"), ("Linux", "orange"), ("Steam Deck", "purple"), ("Switch", "red"),
    ("PS5", "blue"), ("Xbox", "green"),
  ]

  static let schema = Schema(properties: [
    Property(id: "title", name: "Name", type: .title),
    Property(id: "q^Fs", name: "Status", type: .status, configuration: status),
    Property(id: "w|Zk", name: "Priority", type: .select, configuration: options("priority", priorities)),
    Property(id: "UsR<", name: "Assignee", type: .people),
    Property(id: ":>Lb", name: "Labels", type: .multiSelect, configuration: options("label", labels)),
    Property(id: "d@tE", name: "Reported", type: .date),
    Property(id: "flUp", name: "Description", type: .richText),
    Property(id: "swq\\", name: "Votes", type: .number, configuration: ["format": "number"]),
    Property(id: "Pl_m", name: "Platform", type: .multiSelect, configuration: options("platform", platforms)),
    Property(id: "Lbi]", name: "Reproducible", type: .checkbox),
    Property(id: "p|i?", name: "Reporter e-mail", type: .email),
    Property(id: "|NHO", name: "Phone", type: .phoneNumber),
    Property(id: "tvis", name: "Video", type: .url),
    Property(id: "qEdK", name: "Attachments", type: .files),
    Property(id: "{GE|", name: "ID", type: .uniqueID, configuration: ["prefix": "LK"]),
    Property(
      id: "<nJT", name: "Duplicates", type: .relation,
      configuration: ["data_source_id": .string(Constants.dataSourceID)]),
    Property(
      id: "STe_", name: "Duplicate count", type: .rollup,
      configuration: ["relation_property_id": "<nJT", "rollup_property_id": "title", "function": "count"]),
    Property(
      id: "]~iZ", name: "Age in days", type: .formula,
      configuration: ["expression": "dateBetween(now(), prop(\"Reported\"), \"days\")"]),
    Property(id: "WsEj", name: "Created", type: .createdTime),
    Property(id: "X>@X", name: "Last edited", type: .lastEditedTime),
    Property(id: "eR=~", name: "Created by", type: .createdBy),
    Property(id: "LQGa", name: "Last edited by", type: .lastEditedBy),
  ])

  static func optionID(_ kind: String, _ name: String) -> String { ObjectID.stable("\(kind) \(name)") }

  private static func options(_ kind: String, _ choices: [(String, String)]) -> JSONValue {
    [
      "options": .array(
        choices.map { name, color in
          [
            "id": .string(optionID(kind, name)), "name": .string(name), "color": .string(color),
            "description": .null,
          ]
        })
    ]
  }

  private static let status: JSONValue = {
    var members = options("status", statuses).object ?? [:]
    let groups = [("To-do", "gray", 0..<2), ("In progress", "blue", 2..<4), ("Complete", "green", 4..<6)]
    members["groups"] = .array(
      groups.map { name, color, range in
        [
          "id": .string(optionID("status group", name)), "name": .string(name), "color": .string(color),
          "option_ids": .array(statuses[range].map { .string(optionID("status", $0.0)) }),
        ]
      })
    return .object(members)
  }()
}

/// The columns of the releases.
enum ReleaseColumns {
  static let schema = Schema(properties: [
    Property(id: "title", name: "Version", type: .title),
    Property(id: "Rd@t", name: "Released", type: .date),
    Property(id: "Nt:s", name: "Notes", type: .richText),
    Property(
      id: "I=su", name: "Issues", type: .relation, configuration: ["data_source_id": .string(Constants.dataSourceID)]),
    Property(
      id: "Ro^l", name: "Issue status", type: .rollup,
      configuration: ["relation_property_id": "I=su", "rollup_property_id": "q^Fs", "function": "show_original"]),
    Property(
      id: "Vt`s", name: "Votes in all", type: .rollup,
      configuration: ["relation_property_id": "I=su", "rollup_property_id": "swq\\", "function": "sum"]),
  ])
}
