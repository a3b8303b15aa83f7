import Store

extension DataStore {
  /// A store that lives as long as the value, with this schema.
  public static func inMemory(_ migrations: [Migration]) throws -> DataStore {
    let store = try DataStore.inMemory()
    _ = try store.migrate(migrations)
    return store
  }
}
