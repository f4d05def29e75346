internal import FormatKit

/// A channel of a part.
struct EXRChannel: Equatable {
    /// How a sample is stored.
    enum Kind: Int {
        case uint = 0
        case half
        case float

        var byteCount: Int { self == .half ? 2 : 4 }
    }

    let name: String
    let kind: Kind
    /// Whether lossy compression takes the samples as they are, and not their logarithms.
    let isLinear: Bool
    /// A sample is stored for each of so many columns and rows.
    let columnStep: Int
    let rowStep: Int

    /// More would make no picture.
    private static let limit = 4096

    /// The channels of a list, in their order.
    ///
    /// - Throws: ``ImageError`` if the list is damaged or too long.
    static func list(_ bytes: [UInt8], at offset: Int) throws(ImageError) -> [EXRChannel] {
        var channels: [EXRChannel] = []
        var place = 0
        while place < bytes.count, bytes[place] != 0 {
            guard let end = bytes[place...].firstIndex(of: 0), bytes.count - end > 16 else {
                throw .malformed(.exr, "the list of channels ends early", offset: offset + place)
            }
            let name = String(decoding: bytes[place..<end], as: UTF8.self)
            let number = bytes.int32(at: end + 1)
            let (columnStep, rowStep) = (bytes.int32(at: end + 9), bytes.int32(at: end + 13))
            guard let kind = Kind(rawValue: number), columnStep > 0, rowStep > 0 else {
                throw .malformed(
                    .exr,
                    "the channel \(name) has the type \(number) and a sample for "
                        + "\(columnStep)x\(rowStep) pixels", offset: offset + place)
            }
            channels.append(
                EXRChannel(
                    name: name, kind: kind, isLinear: bytes[end + 5] != 0, columnStep: columnStep,
                    rowStep: rowStep))
            guard channels.count <= limit else {
                throw .unsupported(.exr, "more than \(limit) channels")
            }
            place = end + 17
        }
        guard !channels.isEmpty else {
            throw .malformed(.exr, "there are no channels", offset: offset)
        }
        return channels
    }

    /// The bytes of the channel in a list, under another name.
    func bytes(named name: String) -> [UInt8] {
        let numbers = [UInt8].bytes(columnStep) + [UInt8].bytes(rowStep)
        return Array(name.utf8) + [0] + [UInt8].bytes(kind.rawValue) + [isLinear ? 1 : 0, 0, 0, 0]
            + numbers
    }

    /// The number of samples in some pixels of a row, if the row has any.
    func sampleCount(of width: Int) -> Int { width / columnStep }

    /// The number of rows with samples among some that begin at a multiple of the step.
    func rowCount(of height: Int) -> Int { height.dividedRoundingUp(by: rowStep) }
}

extension Int {
    /// The quotient, or the next integer above it.
    func dividedRoundingUp(by divisor: Int) -> Int { self / divisor + (self % divisor > 0 ? 1 : 0) }
}
