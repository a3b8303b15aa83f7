/// The ids of the first content: the same on every machine, so that settings and tests can name them.
enum Constants {
  static let workspaceName = "Lantern Keep Studio"
  static let workspaceID = ObjectID.stable("workspace")
  static let botID = ObjectID.stable("bot guildhall")
  static let integrationID = ObjectID.stable("integration guildhall")
  static let clientID = ObjectID.stable("client guildhall")
  static let homePageID = ObjectID.stable("page home")
  static let databaseID = ObjectID.stable("database bug tracker")
  static let dataSourceID = ObjectID.stable("data source bug tracker")
  static let releasesDatabaseID = ObjectID.stable("database releases")
  static let releasesID = ObjectID.stable("data source releases")
  /// Never shared with the integration.
  static let privateDatabaseID = ObjectID.stable("database salaries")
  static let privateSourceID = ObjectID.stable("data source salaries")
}
