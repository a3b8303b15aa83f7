import HTTP

extension Workspace {
  /// The calls of the API. Whatever else is asked for below its address is refused in Notion's words.
  var apiRoutes: [Route] {
    let calls = [
      route(.get, "/users/me") { try $0.me() },
      route(.get, "/users/:id") { try $0.user() },
      route(.get, "/users") { try $0.users() },
      route(.post, "/search") { try $0.search() },
      route(.post, "/databases") { try $0.createDatabase() },
      route(.get, "/databases/:id") { try $0.retrieveDatabase() },
      route(.patch, "/databases/:id") { try $0.updateDatabase() },
      route(.post, "/databases/:id/query") { try $0.queryDatabase() },
      route(.post, "/data_sources") { try $0.createDataSource() },
      route(.get, "/data_sources/:id") { try $0.retrieveDataSource() },
      route(.patch, "/data_sources/:id") { try $0.updateDataSource() },
      route(.post, "/data_sources/:id/query") { try $0.queryDataSource() },
      route(.post, "/pages") { try $0.createPage() },
      route(.get, "/pages/:id") { try $0.retrievePage() },
      route(.patch, "/pages/:id") { try $0.updatePage() },
      route(.get, "/pages/:id/properties/:property") { try $0.propertyItem() },
      route(.get, "/blocks/:id") { try $0.retrieveBlock() },
      route(.patch, "/blocks/:id") { try $0.updateBlock() },
      route(.delete, "/blocks/:id") { try $0.deleteBlock() },
      route(.get, "/blocks/:id/children") { try $0.blockChildren() },
      route(.patch, "/blocks/:id/children") { try $0.appendBlocks() },
      route(.get, "/comments") { try $0.comments() },
      route(.post, "/comments") { try $0.createComment() },
      route(.get, "/comments/:id") { try $0.retrieveComment() },
      route(.delete, "/comments/:id") { try $0.deleteComment() },
    ]
    let all = calls + grantRoutes
    return all + refusals(besides: all)
  }

  /// The router finds a fixed path by itself, so such a path needs its refusals too; and it may end with a slash.
  private func refusals(besides calls: [Route]) -> [Route] {
    let methods = [Method.get, .post, .put, .patch, .delete]
    let fixed = Dictionary(grouping: calls.filter { !$0.pattern.contains(":") }, by: \.pattern)
    let wrongMethods = fixed.flatMap { pattern, routes in
      methods.filter { method in !routes.contains { $0.method == method } }.map {
        refusal($0, String(pattern.dropFirst(NotionSandbox.basePath.count)))
      }
    }
    let withSlash = calls.filter { !$0.pattern.contains(":") }.map { Route($0.method, $0.pattern + "/", $0.handler) }
    return wrongMethods + withSlash + methods.map { refusal($0, "/*") }
  }

  private func refusal(_ method: Method, _ pattern: String) -> Route {
    route(method, pattern) { _ in throw APIError.invalidURL }
  }
}
