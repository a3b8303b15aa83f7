import Basics
import Foundation
import HTTP
import Mustache

/// Pages from Mustache templates inside one layout, and the files they need.
///
/// Both lie beside the binary, in `guildhall_<target>.resources/Templates` and `…/Assets`, one folder for each target
/// that has pages. All are read once, at the start.
public struct PageLibrary: Sendable {
  private let templates: MustacheLibrary
  private let styles: [String]
  private let assets: [String: Asset]

  /// - Parameter targets: in the order their style sheets apply, after the house's own. The first one has the layout.
  public init(targets: [String]) throws {
    var templates: [String: MustacheTemplate] = [:]
    var assets: [(name: String, asset: Asset)] = []
    for target in targets {
      for (name, text) in try ResourceFolder("Templates", of: target).files() {
        templates[String(name.prefix { $0 != "." })] = try Self.parsed(text, name)
      }
    }
    for target in ["Pages"] + targets {
      assets += try ResourceFolder("Assets", of: target).files().map {
        ($0.name, Asset(name: $0.name, bytes: $0.bytes))
      }
    }
    self.templates = MustacheLibrary(templates: templates)
    self.assets = Dictionary(assets, uniquingKeysWith: { $1 })
    styles = assets.map(\.name).filter { $0.hasSuffix(".css") }
  }

  /// A whole page.
  /// - Parameters:
  ///   - template: the file's name without `.mustache`.
  ///   - frame: what the layout shows around the page.
  ///   - script: an asset that makes the page pleasanter; the page must work without it.
  public func page(
    _ template: String, data: some Any, title: String, frame: Any? = nil, script: String? = nil, status: Int = 200
  ) throws -> Response {
    let layout = Layout(title: title, content: try text(template, data), styles: styles, script: script, frame: frame)
    return .page(try text("layout", layout), status: status)
  }

  /// A piece of a page, for a script to put in place.
  public func fragment(_ template: String, data: some Any) throws -> Response { .page(try text(template, data)) }

  /// A style sheet, script or picture, by the file's name.
  public func asset(_ name: String, for request: Request) throws -> Response {
    guard let asset = assets[name] else { throw Failure.notFound("There is no file “\(name.prefix(80))” here.") }
    if request.headers["If-None-Match"] == asset.tag { return Response(status: 304, headers: asset.headers) }
    return Response(headers: asset.headers, body: asset.bytes)
  }

  private func text(_ template: String, _ data: some Any) throws -> String {
    guard let text = templates.render(OpenedView.open(data) ?? data, withTemplate: template) else {
      throw Failure(.unexpected, "There is no page template “\(template)”.")
    }
    return text
  }

  private static func parsed(_ bytes: [UInt8], _ name: String) throws -> MustacheTemplate {
    do { return try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self)) } catch {
      throw Failure(.unexpected, "The page template \(name) cannot be read.", cause: String(describing: error))
    }
  }

  private struct Layout {
    let title: String
    let content: String
    let styles: [String]
    let script: String?
    let frame: Any?
  }
}

private struct Asset: Sendable {
  let bytes: [UInt8]
  let tag: String
  private let type: String

  init(name: String, bytes: [UInt8]) {
    type = Self.types[name.split(separator: ".").last.map(String.init) ?? ""] ?? "application/octet-stream"
    self.bytes = bytes
    // FNV-1a: tells versions of one file apart.
    let sum = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    tag = "\"\(String(sum, radix: 16))\""
  }

  var headers: Headers { ["Content-Type": type, "Cache-Control": "public, max-age=300", "ETag": tag] }

  private static let types = [
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
  ]
}

/// A folder that SwiftPM copied beside the binary.
private struct ResourceFolder {
  private let path: String

  init(_ name: String, of target: String) throws {
    let binary = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    path = (binary as NSString).deletingLastPathComponent + "/guildhall_\(target).resources/\(name)"
  }

  /// Name and content, ordered by name.
  func files() throws -> [(name: String, bytes: [UInt8])] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {  // the sentence says it all
      throw Failure(
        .unavailable, "The pages are missing: \(path) should lie beside the binary. Install them together.")
    }
    return try names.filter { !$0.hasPrefix(".") }.sorted().map { name in
      guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
        throw Failure(.unavailable, "The file \(path)/\(name) cannot be read.")
      }
      return (name, Array(data))
    }
  }
}
