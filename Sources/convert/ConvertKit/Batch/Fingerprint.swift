/// A text that says everything about a value.
///
/// It is made by reflection, so that nobody can forget a property. Equal values have equal texts,
/// whatever the order in which sets and dictionaries happen to be.
enum Fingerprint {
    static func text(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        let children = mirror.children.map { child in
            (child.label.map { $0 + ":" } ?? "") + text(child.value)
        }
        let type = "\(mirror.subjectType)"
        switch mirror.displayStyle {
        case .optional: return children.isEmpty ? "nil" : "some(\(children[0]))"
        case .collection: return "\(type)[\(children.joined(separator: ","))]"
        case .set, .dictionary: return "\(type)[\(children.sorted().joined(separator: ","))]"
        default:
            // A leaf, or an enumeration's case without values.
            if children.isEmpty { return "\(type)(\(String(reflecting: value)))" }
            return "\(type)(\(children.joined(separator: ",")))"
        }
    }
}
