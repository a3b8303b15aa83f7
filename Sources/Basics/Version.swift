/// Which Guildhall this is: what each program answers to `--version`, and tells the services it asks.
public enum Version {
  public static let current = "0.1.0"
}
