import Basics

/// A part of a `multipart/form-data` body (RFC 7578).
public struct FormPart: Sendable {
  public let name: String
  public let fileName: String?
  public let contentType: String?
  public let bytes: [UInt8]
}

extension Request {
  /// The parts of a posted multipart form, in order.
  public func parts(atMost limit: Int = 100) throws -> [FormPart] {
    guard mediaType == "multipart/form-data", let boundary = parameter("boundary", of: headers["Content-Type"] ?? ""),
      (1...70).contains(boundary.utf8.count)
    else { throw Failure.invalid("Send this form as multipart/form-data with a boundary.") }
    let parts = try split(body, boundary: Array("--\(boundary)".utf8)).map(FormPart.init(raw:))
    guard parts.count <= limit else { throw Failure.invalid("A form has at most \(limit) parts here.") }
    return parts
  }
}

extension FormPart {
  fileprivate init(raw: ArraySlice<UInt8>) throws {
    guard let end = raw.firstRange(of: [13, 10, 13, 10]) else {
      throw Failure.invalid("A part of the form has no header.")
    }
    var headers = Headers()
    for line in String(decoding: raw[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n") {
      let pieces = line.split(separator: ":", maxSplits: 1)
      if pieces.count == 2 { headers.add(pieces[0].trimmingWhitespace(), pieces[1].trimmingWhitespace()) }
    }
    let disposition = headers["Content-Disposition"] ?? ""
    guard let name = parameter("name", of: disposition) else {
      throw Failure.invalid("A part of the form has no name.")
    }
    self.name = name
    fileName = parameter("filename", of: disposition)
    contentType = headers["Content-Type"]
    bytes = Array(raw[end.upperBound...])
  }
}

/// The slices between delimiters, without the line breaks around them.
private func split(_ body: [UInt8], boundary: [UInt8]) throws -> [ArraySlice<UInt8>] {
  var parts: [ArraySlice<UInt8>] = []
  guard var start = body.firstRange(of: boundary)?.upperBound else {
    throw Failure.invalid("The boundary of the form does not occur in it.")
  }
  while !body[start...].starts(with: [45, 45]) {
    guard body[start...].starts(with: [13, 10]),
      let next = body[(start + 2)...].firstRange(of: [13, 10] + boundary)
    else { throw Failure.invalid("The form ends before its last boundary.") }
    parts.append(body[(start + 2)..<next.lowerBound])
    start = next.upperBound
  }
  return parts
}

/// `name="value"` or `name=value` of a header such as Content-Disposition (RFC 9110, 5.6.6).
private func parameter(_ name: String, of header: String) -> String? {
  for piece in pieces(of: header).dropFirst() {
    let pair = piece.split(separator: "=", maxSplits: 1)
    guard pair.count == 2, pair[0].trimmingWhitespace().equalsIgnoringCase(name) else { continue }
    let value = pair[1].trimmingWhitespace()
    guard value.hasPrefix("\""), value.hasSuffix("\""), value.count > 1 else { return value }
    return String(value.dropFirst().dropLast().replacing("\\\"", with: "\""))  // browsers write %22, curl and Node \"
  }
  return nil
}

/// Split at the semicolons that stand outside of quotes.
private func pieces(of header: String) -> [String] {
  var pieces = [""]
  var (isQuoted, isEscaped) = (false, false)
  for character in header {
    if character == "\"" && !isEscaped { isQuoted.toggle() }
    isEscaped = character == "\\" && !isEscaped && isQuoted
    if character == ";" && !isQuoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
  }
  return pieces
}
