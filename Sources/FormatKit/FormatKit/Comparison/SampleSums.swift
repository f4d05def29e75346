#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
/// Sums over the differences of two images of one layout.
struct SampleSums {
    /// The sum of the squared differences of each channel.
    private(set) var squares: [Double]
    /// The largest difference.
    private(set) var maximumDifference = 0

    init(_ first: Image, _ second: Image) {
        let layout = first.header.layout
        precondition(layout == second.header.layout && first.bytes.count == second.bytes.count)
        squares = [Double](repeating: 0, count: layout.channelCount)
        unsafe first.bytes.withUnsafeBytes { a in
            unsafe second.bytes.withUnsafeBytes { b in
                if layout.sample == .uint16 {
                    unsafe add(a.bindMemory(to: UInt16.self), b.bindMemory(to: UInt16.self))
                } else {
                    unsafe add(a.bindMemory(to: UInt8.self), b.bindMemory(to: UInt8.self))
                }
            }
        }
    }

    private mutating func add<Sample: FixedWidthInteger>(
        _ a: UnsafeBufferPointer<Sample>, _ b: UnsafeBufferPointer<Sample>
    ) {
        let channelCount = squares.count
        for channel in 0..<channelCount {
            // Exact: 2^32 for a square, and at most 2^31 pixels.
            var sum: UInt64 = 0
            var largest = 0
            for index in stride(from: channel, to: a.count, by: channelCount) {
                let difference = unsafe abs(Int(a[index]) - Int(b[index]))
                sum &+= UInt64(truncatingIfNeeded: difference &* difference)
                largest = max(largest, difference)
            }
            squares[channel] = Double(sum)
            maximumDifference = max(maximumDifference, largest)
        }
    }
}

/// The logarithm to base 10.
func decimalLogarithm(_ value: Double) -> Double { log10(value) }

/// The natural logarithm.
func naturalLogarithm(_ value: Double) -> Double { log(value) }

/// `base` to the power of `exponent`.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The exponential function.
func exponential(_ value: Double) -> Double { exp(value) }
