/// What people call a browser and what it runs on, such as “Firefox on Windows”, out of its own many words (User-Agent).
/// Nil for what is no browser that is known here.
func browserName(_ agent: String) -> String? {
  guard let browser = browsers.first(where: { agent.contains($0.sign) })?.name else { return nil }
  return systems.first { agent.contains($0.sign) }.map { "\(browser) on \($0.name)" } ?? browser
}

/// Most browsers name those they would be taken for as well, so the ones nobody imitates come first.
private let browsers: [(sign: String, name: String)] = [
  ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("SamsungBrowser/", "Samsung Internet"),
  ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
]

private let systems: [(sign: String, name: String)] = [
  ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
  ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
]
