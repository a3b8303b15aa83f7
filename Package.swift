// swift-tools-version: 6.2
import PackageDescription

// Rows as drawn in docs/architecture.md: a target depends on rows below its own, never on a neighbour.

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "guildhall",
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // C: one owner each
    .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),

    // stone
    .target(name: "Basics", dependencies: [logging]),

    // ground
    .target(name: "HTTP", dependencies: ["Basics"]),
    .target(name: "Settings", dependencies: ["Basics"]),
    .target(name: "Markdown"),

    // parts
    .target(name: "Store", dependencies: ["Basics", grdb, sqlite]),
    .target(name: "Signatures", dependencies: ["Basics", "COpenSSL", "CSodium"]),
    .target(name: "CurlTransport", dependencies: ["Basics", "HTTP", "CCurl"]),
    .target(name: "FastCGI", dependencies: ["Basics", "HTTP", "CFastCGI"]),
    .target(name: "Pages", dependencies: ["Basics", "HTTP", mustache], resources: [.copy("Assets")]),

    // engine
    .target(name: "Outbound", dependencies: ["Basics", "HTTP", "Store"]),
    .target(name: "Jobs", dependencies: ["Basics", "Store"]),
    .target(name: "Metrics", dependencies: ["Basics", "Store"]),
    .target(name: "Upkeep", dependencies: ["Basics", "Signatures", "Store"]),

    // words
    .target(name: "Discord", dependencies: ["Basics", "HTTP", "Outbound", "Store"]),
    .target(name: "Notion", dependencies: ["Basics", "HTTP", "Outbound", "Store"]),

    // people
    .target(name: "Accounts", dependencies: ["Basics", "Discord", "HTTP", "Signatures", "Store"]),

    // subjects
    .target(
      name: "IssueSync",
      dependencies: ["Accounts", "Basics", "Discord", "Jobs", "Notion", "Outbound", "Signatures", "Store"]),

    // doors
    .target(
      name: "Web",
      dependencies: [
        "Accounts", "Basics", "Discord", "HTTP", "IssueSync", "Jobs", "Markdown", "Metrics", "Notion", "Pages",
        "Signatures", "Store", "Upkeep",
      ],
      resources: [.copy("Templates"), .copy("Assets")]),
    .target(name: "Batch", dependencies: ["Basics", "Jobs", "Store", arguments]),

    // wiring
    .target(
      name: "Bootstrap",
      dependencies: [
        "Accounts", "Basics", "Batch", "CurlTransport", "Discord", "HTTP", "IssueSync", "Jobs", "Metrics", "Notion",
        "Outbound", "Pages", "Settings", "Signatures", "Store", "Upkeep", "Web",
      ]),

    // commands
    .executableTarget(
      name: "responder",
      dependencies: ["Basics", "Batch", "Bootstrap", "FastCGI", "HTTP", "Jobs", "Metrics", "Pages", arguments]),
    .executableTarget(
      name: "notion-sync", dependencies: ["Basics", "Batch", "Bootstrap", "IssueSync", "Jobs", arguments]),
    .executableTarget(
      name: "guildhall",
      dependencies: [
        "Accounts", "Basics", "Batch", "Bootstrap", "Discord", "HTTP", "IssueSync", "Jobs", "Notion", "Settings",
        "Signatures", "Store", "Upkeep", arguments,
      ]),

    // sandbox
    .target(
      name: "SandboxStage", dependencies: ["Basics", "HTTP", "Pages", "Signatures", "Store"],
      resources: [.copy("Templates"), .copy("Assets")]),
    .target(
      name: "SandboxDiscord",
      dependencies: ["Basics", "HTTP", "Markdown", "Pages", "SandboxStage", "Signatures", "Store"],
      resources: [.copy("Templates"), .copy("Assets")]),
    .target(
      name: "SandboxNotion",
      dependencies: ["Basics", "HTTP", "Pages", "SandboxStage", "Signatures", "Store"],
      resources: [.copy("Templates"), .copy("Assets")]),
    .executableTarget(
      name: "sandbox",
      dependencies: [
        "Basics", "CurlTransport", "FastCGI", "HTTP", "Pages", "SandboxDiscord", "SandboxNotion", "SandboxStage",
        "Store",
        arguments,
      ]),

    // tests
    .target(name: "TestSupport", dependencies: ["Basics", "HTTP", "Store"], path: "Tests/TestSupport"),
    .testTarget(name: "EndToEndTests", dependencies: ["Basics", "HTTP", "Signatures", "Store", "TestSupport"]),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Basics", "TestSupport"]),
    .testTarget(name: "OutboundTests", dependencies: ["Outbound", "Basics", "HTTP", "Store", "TestSupport"]),
    .testTarget(name: "JobsTests", dependencies: ["Jobs", "Store", "Basics", "TestSupport"]),
    .testTarget(name: "BatchTests", dependencies: ["Batch", "Basics", "Jobs", "Store", "TestSupport", arguments]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings", "Basics", "TestSupport"]),
    .testTarget(name: "BasicsTests", dependencies: ["Basics"]),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP", "Basics"]),
    .testTarget(name: "DiscordTests", dependencies: ["Discord", "Basics", "HTTP", "Outbound", "Store"]),
    .testTarget(name: "NotionTests", dependencies: ["Notion", "Basics", "HTTP", "Outbound", "Store", "TestSupport"]),
    .testTarget(
      name: "WebTests",
      dependencies: [
        "Web", "Accounts", "Basics", "Discord", "HTTP", "IssueSync", "Jobs", "Notion", "Pages", "Signatures", "Store",
        "TestSupport", "Upkeep",
      ]),
    .testTarget(
      name: "AccountsTests",
      dependencies: ["Accounts", "Basics", "Discord", "HTTP", "Signatures", "Store", "TestSupport"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Basics", "Store", "TestSupport"]),
    .testTarget(name: "UpkeepTests", dependencies: ["Upkeep", "Basics", "Signatures", "Store", "TestSupport"]),
    .testTarget(
      name: "BootstrapTests",
      dependencies: [
        "Bootstrap", "Accounts", "Basics", "Discord", "HTTP", "IssueSync", "Jobs", "Metrics", "Pages", "Settings",
        "Signatures", "Store", "TestSupport", "Upkeep", "Web",
      ]),
    .testTarget(name: "MarkdownTests", dependencies: ["Markdown"]),
    .testTarget(
      name: "IssueSyncTests",
      dependencies: [
        "IssueSync", "Accounts", "Basics", "Discord", "Jobs", "Notion", "Outbound", "Store", "TestSupport",
      ]),
    .testTarget(name: "SignaturesTests", dependencies: ["Signatures", "Basics"]),
    .testTarget(name: "CurlTransportTests", dependencies: ["CurlTransport", "HTTP", "Basics"]),
    .testTarget(name: "FastCGITests", dependencies: ["FastCGI", "HTTP", "Basics"]),
    .testTarget(name: "SandboxStageTests", dependencies: ["SandboxStage", "Basics", "HTTP"]),
    .testTarget(name: "SandboxDiscordTests", dependencies: ["SandboxDiscord", "Basics", "HTTP", "Signatures"]),
    .testTarget(name: "SandboxNotionTests", dependencies: ["SandboxNotion", "Basics", "HTTP", "Signatures"]),
  ]
)
