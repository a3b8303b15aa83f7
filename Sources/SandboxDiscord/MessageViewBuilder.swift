import Basics
import HTTP
import Markdown
import Store

/// One of the eight hues of the pages, the same for one person everywhere.
func hue(of user: String) -> Int { Int((Int64(user) ?? 0) / 1_000_003 % 8) }

/// Makes views of messages, for one person in one channel.
struct MessageViewBuilder {
  let channel: String
  let viewer: String
  let markdown: MarkdownHTML
  let displayNames: [String: String]
  /// What went wrong when this person used a component, by message.
  let failures: [String: String]
  let now: Timestamp
  let messageCommands: [String]

  func view(_ record: MessageRecord) -> MessageView {
    let body = record.body
    let flags = body["flags"]?.integer ?? 0
    let time = Timestamp(iso8601: body["timestamp"]?.string ?? "") ?? now
    let name = displayName(body["author"] ?? .null)
    let isThinking = flags & MessageFlags.loading != 0
    let target = MessageView.Target(channel: channel, message: record.id, user: viewer)
    return MessageView(
      id: record.id, author: name, initial: String(name.first ?? "?").uppercased(),
      hue: hue(of: record.author), isApp: body["author"]?["bot"]?.bool == true,
      time: shown(time), exactTime: time.shown("f") + " UTC", datetime: time.description,
      isEdited: body["edited_timestamp"]?.string != nil, isPrivate: record.onlyFor != nil, isThinking: isThinking,
      replied: replied(body), content: isThinking ? "" : markdown.html(body["content"]?.string ?? ""),
      embeds: flags & MessageFlags.suppressEmbeds != 0 ? [] : (body["embeds"]?.array ?? []).map(embed),
      files: (body["attachments"]?.array ?? []).compactMap { $0["filename"]?.string },
      rows: (body["components"]?.array ?? []).flatMap { rows($0, target) }, failure: failures[record.id], click: target,
      apps: messageCommands.map { MessageView.App(command: $0, click: target) },
      hasApps: !messageCommands.isEmpty && record.onlyFor == nil)
  }

  /// Today the time alone, else the day too.
  private func shown(_ time: Timestamp) -> String {
    let isToday = time.description.prefix(10) == now.description.prefix(10)
    return isToday ? time.shown("t") : time.shown("f")
  }

  private func displayName(_ author: JSONValue) -> String {
    let id = author["id"]?.string ?? ""
    return displayNames[id] ?? author["global_name"]?.string ?? author["username"]?.string ?? "somebody"
  }

  private func replied(_ body: JSONValue) -> MessageView.Replied? {
    guard let target = body["referenced_message"], target.object != nil else { return nil }
    let text = target["content"]?.string ?? ""
    return MessageView.Replied(
      author: displayName(target["author"] ?? .null), text: text.isEmpty ? "a message" : String(text.prefix(80)))
  }

  // MARK: Embeds

  private func embed(_ embed: JSONValue) -> EmbedView {
    let time = embed["timestamp"]?.string.flatMap { Timestamp(iso8601: $0) }
    return EmbedView(
      color: "#" + hexadecimal(bytes(of: embed["color"]?.integer ?? 0x8A8378)),
      byline: embed["author"]?["name"]?.string,
      title: embed["title"]?.string.map(markdown.line), url: embed["url"]?.string.flatMap(webAddress),
      description: embed["description"]?.string.map(markdown.html) ?? "",
      fields: (embed["fields"]?.array ?? []).map { field in
        EmbedView.Field(
          name: markdown.line(field["name"]?.string ?? ""), value: markdown.html(field["value"]?.string ?? ""),
          isInline: field["inline"]?.bool == true)
      },
      image: embed["image"]?["url"]?.string.flatMap(webAddress), footer: embed["footer"]?["text"]?.string,
      when: time.map(shown))
  }

  private func bytes(of color: Int64) -> [UInt8] { [16, 8, 0].map { UInt8(truncatingIfNeeded: color >> $0) } }

  private func webAddress(_ url: String) -> String? {
    url.hasPrefix("https://") || url.hasPrefix("http://") ? url : nil
  }

  // MARK: Components

  private func rows(_ component: JSONValue, _ target: MessageView.Target) -> [RowView] {
    let inner = component["components"]?.array ?? []
    switch component["type"]?.integer {
    case 1:
      if let select = inner.first, select["type"]?.integer != 2 {
        return [RowView(select: self.select(select, target))]
      }
      return [RowView(buttons: inner.map { button($0, target) })]
    case 9:
      return inner.flatMap { rows($0, target) }
        + [component["accessory"]].compactMap { $0 }.flatMap { rows($0, target) }
    case 2: return [RowView(buttons: [button(component, target)])]
    case 10: return [RowView(text: markdown.html(component["content"]?.string ?? ""))]
    case 14: return [RowView(isRule: true)]
    case 17: return inner.flatMap { rows($0, target) }
    default: return []
    }
  }

  private static let kinds = ["secondary", "primary", "secondary", "success", "danger", "link", "premium"]

  private func button(_ button: JSONValue, _ target: MessageView.Target) -> RowView.Button {
    let style = Int(button["style"]?.integer ?? 2)
    let emoji = button["emoji"]
    return RowView.Button(
      id: "c\(target.message)-\(button["id"]?.integer ?? 0)", label: button["label"]?.string ?? "",
      emoji: emoji?["id"]?.string == nil ? emoji?["name"]?.string : emoji?["name"]?.string.map { ":\($0):" },
      customID: button["custom_id"]?.string, url: button["url"]?.string.flatMap(webAddress),
      kind: Self.kinds.indices.contains(style) ? Self.kinds[style] : "secondary",
      isDisabled: button["disabled"]?.bool == true, click: target)
  }

  private func select(_ select: JSONValue, _ target: MessageView.Target) -> RowView.Select {
    let options = (select["options"]?.array ?? []).map { option in
      RowView.Option(
        value: option["value"]?.string ?? "", label: option["label"]?.string ?? "",
        isChosen: option["default"]?.bool == true)
    }
    return RowView.Select(
      id: "c\(target.message)-\(select["id"]?.integer ?? 0)", customID: select["custom_id"]?.string ?? "",
      placeholder: select["placeholder"]?.string ?? "Make a selection", options: options,
      isMultiple: (select["max_values"]?.integer ?? 1) > 1,
      isDisabled: select["disabled"]?.bool == true || options.isEmpty, click: target,
      isUnchosen: (select["max_values"]?.integer ?? 1) <= 1 && !options.contains(where: \.isChosen))
  }
}
