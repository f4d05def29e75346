internal import FormatFiles

/// One file of a list: what is read, and what the list says of it.
struct ListEntry: Equatable {
    /// The input.
    let input: Path
    /// The output, below the folder that outputs go into, if the list says one.
    var output: Path?
    /// The page that is converted, counted from 0, if the list says one.
    var page: Int?
    /// What the conversion will take, as a multiple of anything, if the list says so.
    var cost: Int?

    /// Why a line is no entry.
    enum Failure: Error, Equatable {
        /// It is no JSON.
        case malformed(offset: Int)
        /// A member is not what it should be.
        case member(String, String)

        /// What to say of it.
        var reason: String {
            switch self {
            case .malformed(let offset): "this is no JSON (at byte \(offset))"
            case .member(let name, let reason): "\"\(name)\" \(reason)"
            }
        }
    }

    /// The largest number that every reader of JSON knows exactly.
    static let maximumNumber = 1 << 53

    init(input: Path) {
        self.input = input
    }

    /// The entry that a line says, such as `{"in":"a.tif","out":"a.webp"}`; what else it says is
    /// for others.
    init(json: JSONValue) throws(Failure) {
        guard let input = try Self.path("in", json) else {
            throw .member("in", "is missing: which file is meant?")
        }
        self.input = input
        output = try Self.path("out", json)
        page = try Self.number("page", json, from: 1).map { $0 - 1 }
        cost = try Self.number("cost", json, from: 0)
    }

    private static func path(_ name: String, _ json: JSONValue) throws(Failure) -> Path? {
        guard let value = json[name], value != .null else { return nil }
        guard let path = Path(json: value) else {
            throw .member(name, "is no name: text, or {\"bytes\":\"hexadecimal digits\"}")
        }
        // A path ends at a zero, for the system; that is never what was meant.
        if value.text?.unicodeScalars.contains("\0") == true
            || value["bytes"]?.text.map({ path.bytes.count * 2 != $0.utf8.count }) == true
        {
            throw .member(name, "has a zero byte, which no name has")
        }
        if path.bytes.isEmpty { throw .member(name, "is empty") }
        return path
    }

    private static func number(
        _ name: String, _ json: JSONValue, from least: Int
    ) throws(Failure) -> Int? {
        guard let value = json[name], value != .null else { return nil }
        guard let number = value.wholeNumber, number >= least, number <= maximumNumber else {
            throw .member(name, "is no whole number from \(least) on")
        }
        return number
    }

    /// The line that says the entry, with `more` at its end.
    func json(_ more: JSONValue = [:]) -> JSONValue {
        var members: [JSONValue.Member] = [.init(key: "in", value: input.json)]
        if let output { members.append(.init(key: "out", value: output.json)) }
        if let page { members.append(.init(key: "page", value: .integer(page + 1))) }
        if let cost { members.append(.init(key: "cost", value: .integer(cost))) }
        return .object(members) + more
    }
}
