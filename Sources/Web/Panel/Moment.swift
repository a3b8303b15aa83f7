import Basics

/// An instant as people read it: how long ago, with the exact time on hover.
struct Moment {
  let ago: String
  let exact: String

  init(_ time: Timestamp, now: Timestamp) {
    exact = time.description
    let seconds = (now - time).milliseconds / 1000
    ago =
      switch seconds {
      case ..<0: "soon"
      case ..<60: "\(seconds) s ago"
      case ..<3600: "\(seconds / 60) min ago"
      case ..<86_400: "\(seconds / 3600) h ago"
      default: "\(seconds / 86_400) d ago"
      }
  }
}
