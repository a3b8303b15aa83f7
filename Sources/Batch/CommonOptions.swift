import ArgumentParser

/// Flags that every program of ours takes.
public struct CommonOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Read settings from this file of NAME=value lines.", valueName: "file"))
  public var settings: String?

  @Flag(name: .long, help: "Write the result as one line of JSON, and what went wrong as one on standard error.")
  public var json = false

  public init() {}
}
