// swift-tools-version: 6.2
import PackageDescription

// Rows as drawn in docs/architecture.md: a target depends on rows below its own, never on a neighbour.

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
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

    // stone
    .target(name: "Basics", dependencies: [logging]),

    // ground
    .target(name: "HTTP", dependencies: ["Basics"]),

    // parts
    .target(name: "Store", dependencies: ["Basics", grdb]),

    // sandbox
    .target(
      name: "SandboxStage", dependencies: ["Basics", "HTTP", "Store", mustache],
      resources: [.copy("Templates"), .copy("Assets")]),
    .target(
      name: "SandboxNotion", dependencies: ["Basics", "HTTP", "Store", "SandboxStage"],
      resources: [.copy("Templates"), .copy("Assets")]),

    // proof
    .testTarget(name: "SandboxStageTests", dependencies: ["SandboxStage"]),
    .testTarget(name: "SandboxNotionTests", dependencies: ["SandboxNotion"]),
  ]
)
