package import FormatKit

extension ItemReport {
    /// One thing that was lost.
    package struct ReportedLoss: Sendable, Equatable {
        /// A stable name for machines.
        package let kind: String
        /// One line for people, without the input.
        package let description: String
        /// The input of which it was lost, if several are joined.
        package let input: String?

        /// A loss in words.
        ///
        /// - Parameters:
        ///   - loss: The loss.
        ///   - inputs: What files that are joined are called.
        package init(_ loss: Loss, inputs: [String] = []) {
            kind = loss.name
            input = loss.input.flatMap { inputs.indices.contains($0) ? inputs[$0] : nil }
            description = input == nil ? loss.description : loss.plain.description
        }
    }
}

extension ItemReport.ReportedLoss {
    /// The loss for machines and people.
    package var json: JSONValue {
        let common: JSONValue = [
            "kind": .string(kind), "description": .string(description),
        ]
        return input.map { common + ["input": .string($0)] } ?? common
    }

    /// The loss that another process sent.
    init?(json: JSONValue) {
        guard let kind = json["kind"]?.text, let description = json["description"]?.text else {
            return nil
        }
        self.kind = kind
        self.description = description
        input = json["input"]?.text
    }
}

extension [ItemReport.ReportedLoss] {
    /// What of joined files is lost at most by name, where it is the same of many.
    private static let namedInputCount = 8

    /// A line for each loss that people are told of, once for all inputs of which it is.
    var lines: [String] {
        var places: [String: Int] = [:]
        var groups: [(description: String, inputs: [String])] = []
        for loss in self {
            let place = places[loss.description] ?? groups.count
            if place == groups.count {
                places[loss.description] = place
                groups.append((loss.description, []))
            }
            if let input = loss.input, !groups[place].inputs.contains(input) {
                groups[place].inputs.append(input)
            }
        }
        return groups.map { group in
            guard !group.inputs.isEmpty else { return group.description }
            let rest = group.inputs.count - Self.namedInputCount
            return group.inputs.prefix(Self.namedInputCount).joined(separator: ", ")
                + (rest > 0 ? " and \(rest) more" : "") + ": " + group.description
        }
    }
}

extension Loss {
    /// The loss for machines and people.
    package var json: JSONValue { ItemReport.ReportedLoss(self).json }
}
