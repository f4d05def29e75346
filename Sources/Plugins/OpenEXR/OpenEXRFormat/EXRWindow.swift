internal import FormatKit

/// Places of pixels, of which the last ones belong to the window; they may be negative.
struct EXRWindow: Equatable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    /// As far from the origin as a place may be; the library takes no more.
    static let farthest = Int(Int32.max) / 2 - 1

    /// A window of a size, at the origin.
    init(_ size: ImageSize) {
        (left, top, right, bottom) = (0, 0, size.width - 1, size.height - 1)
    }

    /// The window that four numbers of 32 bits say; `nil` if nothing lies in it, or too far away.
    init?(_ bytes: [UInt8], at place: Int = 0) {
        left = bytes.int32(at: place)
        top = bytes.int32(at: place + 4)
        right = bytes.int32(at: place + 8)
        bottom = bytes.int32(at: place + 12)
        let reach = -Self.farthest...Self.farthest
        guard left <= right, top <= bottom,
            [left, top, right, bottom].allSatisfy(reach.contains)
        else { return nil }
    }

    /// Its size; sums of such places fit.
    var size: ImageSize { ImageSize(width: right - left + 1, height: bottom - top + 1) }

    /// Its bytes in a file.
    var bytes: [UInt8] { [left, top, right, bottom].flatMap { [UInt8].bytes($0) } }

    /// What `convert info` prints.
    var detail: ImageDetail.Value {
        .list([left, top, right, bottom].map { .integer($0) })
    }

    /// The four numbers as words.
    static func words(_ bytes: [UInt8]) -> String {
        func number(_ index: Int) -> Int { bytes.int32(at: 4 * index) }
        return "(\(number(0)), \(number(1))) to (\(number(2)), \(number(3)))"
    }
}
