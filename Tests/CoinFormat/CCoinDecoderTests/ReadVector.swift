import Foundation
import Testing

/// The stream of a vector of `spec/vectors`; empty, with an issue, if it is not there.
func readVector(_ name: String, group: String = "valid") -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appending(path: "spec/vectors/\(group)/\(name)/input.coin")
    guard let data = try? Data(contentsOf: path) else {
        Issue.record("\(path.path) is missing")
        return []
    }
    return [UInt8](data)
}
