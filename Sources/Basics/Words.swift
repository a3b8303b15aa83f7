extension String {
  /// A title as it is shown: nobody has to write one.
  public var orUntitled: String { isEmpty ? "Untitled" : self }
}

/// “1 row”, “2 rows”: for nouns that take an s.
public func counted(_ count: some BinaryInteger, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
