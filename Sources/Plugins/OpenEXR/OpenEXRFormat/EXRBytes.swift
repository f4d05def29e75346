internal import FormatKit

/// Takes numbers and names of headers one after another.
struct EXRBytes {
    private let source: any ImageSource
    private let limits: Limits
    private var bytes: SourceBytes
    /// The bytes of names and contents that were taken.
    private var takenByteCount = 0

    /// The longest name.
    private static let longestName = 255

    init(_ source: any ImageSource, _ limits: Limits) {
        self.source = source
        self.limits = limits
        bytes = SourceBytes(of: source, at: 0, windowByteCount: 1 << 12)
    }

    /// Where the next byte lies.
    var offset: Int { bytes.offset }

    private var end: ImageError {
        .truncated(.exr, "the file ends inside its header", offset: source.byteCount)
    }

    private mutating func byte() throws(ImageError) -> UInt8 {
        guard let byte = try bytes.next() else { throw end }
        takenByteCount += 1
        return byte
    }

    /// Takes bytes.
    ///
    /// - Throws: ``ImageError`` if there are not so many, or they are more than a limit.
    mutating func take(_ count: Int) throws(ImageError) -> [UInt8] {
        guard count <= source.byteCount - offset else { throw end }
        try limits.checkMetadata(takenByteCount.addingClamped(count))
        var taken: [UInt8] = []
        taken.reserveCapacity(count)
        for _ in 0..<count { taken.append(try byte()) }
        return taken
    }

    /// Leaves bytes out.
    mutating func skip(_ count: Int) throws(ImageError) {
        guard count <= source.byteCount - offset else { throw end }
        bytes.skip(count)
    }

    /// Takes a number of 32 bits.
    mutating func number() throws(ImageError) -> Int { try take(4).int32(at: 0) }

    /// Takes a name, which ends with a zero; an empty one ends a list of them.
    mutating func name() throws(ImageError) -> String {
        let start = offset
        var name: [UInt8] = []
        while true {
            let next = try byte()
            if next == 0 { break }
            name.append(next)
            guard name.count <= Self.longestName else {
                throw .malformed(
                    .exr, "a name has more than \(Self.longestName) bytes", offset: start)
            }
        }
        try limits.checkMetadata(takenByteCount)
        return String(decoding: name, as: UTF8.self)
    }
}

extension [UInt8] {
    /// The number of 32 bits at a place, the lowest byte first.
    func int32(at place: Int) -> Int { Int(Int32(bitPattern: uint32(at: place))) }

    /// The same without a sign.
    func uint32(at place: Int) -> UInt32 {
        self[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The real of 32 bits at a place, as the shortest decimals that mean it.
    func real(at place: Int) -> Double {
        let real = Float(bitPattern: uint32(at: place))
        return Double("\(real)") ?? Double(real)
    }

    /// The bytes of a number of 32 bits, the lowest first.
    static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
