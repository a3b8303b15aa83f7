import Store

/// The tables of people and what they may do.
public let accountMigrations: [Migration] =
  [
    WebhookSecrets.migration, People.migration, Sessions.migration, RoleGrants.migration,
    ServerSettings.migration, AuditLog.migration, PersonalRecords.migration,
    APIKeys.migration,
  ] + Connections.migrations

/// What may be lost: it is asked for again.
public let accountVolatileMigrations: [Migration] = [
  Memberships.volatileMigration, OAuthAttempts.volatileMigration, KeyRates.volatileMigration,
]
