/// The ids of the sandbox's first content. They never change, so that scripts may know them.
enum Identity {
  static let application = "1477957273463554049"
  static let bot = application
  static let system = "643945264868098049"

  static let guild = "1238903471969665026"
  static let otherGuild = "1412709371669905413"
  /// The bot is not in this one.
  static let thirdGuild = "1455120398745329664"

  static let maren = "810451559316979712"
  static let nelly = "749716076337561603"
  static let tomasz = "1038561751148265472"
  static let aiko = "1091610493988110337"
  static let rook = "1565032157653499904"
  static let percy = "1321175609266667520"
  static let oda = "882310457730125824"
  static let ines = "967220155048144906"

  static let moderator = "1238906268140175364"
  static let resident = "1238906636911771648"
  static let muted = "1246780364697894912"
  static let playtester = "1257261703926644736"
  static let guildhall = "1477958692065247232"
  static let warden = "1301822014465638410"
  static let steward = "1301822377675669504"
  static let harbourMaster = "1412710144902307840"
  static let deckhand = "1412710287877509120"
  static let stallholder = "1455121377658245120"
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
  static let pier = "1412711022958350336"
  static let repairs = "1412711180173410304"
  static let logbook = "1412711330430124032"
  static let harbourOffice = "1412711482037469184"
  static let stalls = "1455120398749523968"
}
