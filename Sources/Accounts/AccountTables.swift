import Store

/// The tables of people and what they may do.
public let accountMigrations: [Migration] = [
  Connections.migration, WebhookSecrets.migration, People.migration, Sessions.migration, RoleGrants.migration,
]

/// What may be lost: it is asked for again.
public let accountVolatileMigrations: [Migration] = [Memberships.volatileMigration, OAuthAttempts.volatileMigration]
