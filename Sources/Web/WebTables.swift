import Store

/// The tables of the doors.
public let webMigrations = [Inbox.migration, Inbox.peopleMigration, NotionDoor.migration]
