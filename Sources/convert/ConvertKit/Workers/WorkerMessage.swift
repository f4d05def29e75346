internal import FormatKit

/// What a worker process and the process that started it say to each other.
///
/// ```
/// parent  {"arguments": […], "threads": 2}            once
/// parent  {"item": …}                                 for each item, one at a time
/// worker      {"need": 123456}                        the input is open; bytes of memory
/// parent      {"go": true}
/// worker      {"progress": 0.5, "detail": "…"}        now and then
/// worker      {"commit": […]}                         these files are about to get their names
/// parent      {"go": true}, or {"refused": "…", …}
/// parent      {"stop": 15}                            the item is to be given up, after that signal
/// worker  {"unfit": "…"}                              it cannot work at all, and ends
/// worker  {"end": …}                                  the item is done
/// ```
///
/// The end of its input ends a worker.
enum WorkerMessage: Equatable {
    case start(arguments: [String], threadCount: Int)
    case item(Item)
    case need(Int)
    case proceed
    /// The parameters of ``/FormatKit/ImageError/io(_:code:reason:)``.
    case refuse(String, code: Int, reason: String)
    case commit([RecordedOutput])
    /// The number of the signal.
    case stop(Int32)
    /// Why the worker cannot work.
    case unfit(String)
    case progress(Double, String)
    case end(JSONValue)

    var json: JSONValue {
        switch self {
        case .start(let arguments, let threadCount):
            [
                "arguments": .array(arguments.map(JSONValue.string)),
                "threads": .integer(threadCount),
            ]
        case .item(let item): ["item": item.wire]
        case .need(let byteCount): ["need": .integer(byteCount)]
        case .proceed: ["go": .boolean(true)]
        case .refuse(let operation, let code, let reason):
            [
                "refused": .string(operation), "code": .integer(code), "reason": .string(reason),
            ]
        case .stop(let signal): ["stop": .integer(Int(signal))]
        case .unfit(let reason): ["unfit": .string(reason)]
        case .commit(let outputs): ["commit": .array(outputs.map(\.wire))]
        case .progress(let fraction, let detail):
            ["progress": .real(fraction), "detail": .string(detail)]
        case .end(let outcome): ["end": outcome]
        }
    }

    /// What keeps a worker from going on.
    init(refusing error: ImageError) {
        self =
            if case .io(let operation, let code, let reason) = error {
                .refuse(operation, code: Int(code), reason: reason)
            } else {
                .refuse("go on", code: 0, reason: error.message)
            }
    }

    init?(json: JSONValue) {
        if let arguments = json["arguments"], let threadCount = json["threads"]?.wholeNumber {
            self = .start(
                arguments: arguments.elements.compactMap(\.text), threadCount: threadCount)
        } else if let item = json["item"] {
            guard let item = Item(wire: item) else { return nil }
            self = .item(item)
        } else if let byteCount = json["need"]?.wholeNumber {
            self = .need(byteCount)
        } else if json["go"] != nil {
            self = .proceed
        } else if let operation = json["refused"]?.text {
            self = .refuse(
                operation, code: json["code"]?.wholeNumber ?? 0, reason: json["reason"]?.text ?? "")
        } else if let signal = json["stop"]?.wholeNumber {
            self = .stop(Int32(clamping: signal))
        } else if let reason = json["unfit"]?.text {
            self = .unfit(reason)
        } else if let outputs = json["commit"]?.elements {
            let parsed = outputs.compactMap(RecordedOutput.init(wire:))
            guard parsed.count == outputs.count else { return nil }
            self = .commit(parsed)
        } else if let fraction = json["progress"]?.number {
            self = .progress(fraction.clamped(to: 0...1), json["detail"]?.text ?? "")
        } else if let outcome = json["end"] {
            self = .end(outcome)
        } else {
            return nil
        }
    }
}
