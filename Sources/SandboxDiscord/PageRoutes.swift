import HTTP
extension DiscordSandbox { var pageRoutes: [Route] { [] } }
