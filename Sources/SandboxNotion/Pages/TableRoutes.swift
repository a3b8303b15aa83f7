import HTTP

extension Workspace {
  var pageRoutes: [Route] { [] }
}
