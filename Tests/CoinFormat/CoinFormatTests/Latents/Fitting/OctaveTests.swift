import FormatKit
import Testing

@testable import CoinFormat

/// A coarse octave of what was fitted is the picture made smaller, about: fitted taps do not add up
/// to 1, and an octave leaves some of them out.
@Suite struct OctaveTests {
    @Test(arguments: [1, 2, 3])
    func `an octave looks like the picture at its size`(octave: Int) throws {
        let image = try FitRun.photograph()
        let run = FitRun(image, quality: 75, stepCount: 40)
        let decoder = try CoinDecoder(parsing: run.file(run.quantized(), image).serialized)
        let scale = 1 << octave
        let size = ImageSize(
            width: image.header.size.width / scale, height: image.header.size.height / scale)
        let coarse = try decoder.decode(size: size)
        let fine = try decoder.decode()
        var difference = 0.0
        for y in 0..<size.height {
            for x in 0..<size.width {
                for channel in 0..<3 {
                    var sum = 0
                    for row in scale * y..<scale * (y + 1) {
                        for column in scale * x..<scale * (x + 1) {
                            sum += Int(fine.sample(column, row, channel))
                        }
                    }
                    let mean = Double(sum) / Double(scale * scale)
                    let value = Double(coarse.sample(x, y, channel))
                    difference += (value - mean).magnitude
                }
            }
        }
        difference /= Double(coarse.bytes.count)
        // 6, 8 and 9; without the factors of the octaves 15, 23 and 33.
        #expect(difference < 12, "\(difference)")
    }
}

extension Image {
    /// A sample of an 8-bit picture in color.
    fileprivate func sample(_ x: Int, _ y: Int, _ channel: Int) -> UInt8 {
        bytes[(y * header.size.width + x) * 3 + channel]
    }
}
