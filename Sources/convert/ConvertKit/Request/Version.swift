/// Which program this is.
package enum Version {
    /// What `--version` prints; outputs may differ from one version to another.
    package static let text = "0.2.0"
}
