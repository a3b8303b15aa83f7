/// The ids of the sandbox's first content. They never change, so that scripts may know them.
enum Identity {
  static let application = "1477957273463554049"
  static let bot = application
  static let system = "643945264868098049"

  static let guild = "1238903471969665026"
  static let otherGuild = "1412709371669905413"

  static let maren = "810451559316979712"
  static let nelly = "749716076337561603"
  static let tomasz = "1038561751148265472"
  static let aiko = "1091610493988110337"
  static let rook = "1565032157653499904"
  static let percy = "1321175609266667520"

  static let moderator = "1238906268140175364"
  static let resident = "1238906636911771648"
  static let muted = "1246780364697894912"
  static let playtester = "1257261703926644736"
  static let guildhall = "1477958692065247232"
  static let guildhallElsewhere = "1491785260210323456"

  static let hall = "1238903471973859329"
  static let support = "1238908505138659329"
  static let general = "1238903471978053635"
  static let announcements = "1238908918604759040"
  static let bugTracker = "1238909329063542784"
  static let staff = "1238911007347179520"
  static let ideas = "1275427163796930560"
  static let firstForumTag: Int64 = 1_275_427_164_086_337_537
  static let fireside = "1238903471982247940"
  static let elsewhere = "1412709371674099718"
}
