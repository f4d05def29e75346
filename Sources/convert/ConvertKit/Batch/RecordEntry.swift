/// What the record of a batch says of one output.
package struct RecordEntry: Sendable, Equatable {
    /// What an output was made from.
    package struct Completion: Sendable, Equatable {
        /// The digest of everything that the output depends on.
        package let key: String
        /// The digest of the input, which is a part of that.
        package let inputDigest: String
        /// The digest of the output.
        package let outputDigest: String
        /// The size of the output, in bytes.
        package let byteCount: Int
    }

    /// How it was made, or `nil` if it was only begun: whatever has its name is ours to replace.
    package var completion: Completion?

    static let begun = RecordEntry(completion: nil)

    init(completion: Completion?) {
        self.completion = completion
    }
}

extension RecordEntry {
    /// The entry for ``init(json:)``.
    var json: JSONValue {
        guard let completion else { return ["state": .string("begun")] }
        return [
            "state": .string("done"), "key": .string(completion.key),
            "input_sha256": .string(completion.inputDigest),
            "output_sha256": .string(completion.outputDigest),
            "output_bytes": .integer(completion.byteCount),
        ]
    }

    /// The entry that was written down.
    init?(json: JSONValue) {
        switch json["state"]?.text {
        case "begun": self = .begun
        case "done":
            guard let key = json["key"]?.text, let input = json["input_sha256"]?.text,
                let output = json["output_sha256"]?.text,
                let byteCount = json["output_bytes"]?.wholeNumber
            else { return nil }
            self.init(
                completion: Completion(
                    key: key, inputDigest: input, outputDigest: output, byteCount: byteCount))
        default: return nil
        }
    }
}
