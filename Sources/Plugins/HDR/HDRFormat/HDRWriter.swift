internal import FormatKit

/// Writes one file, row by row.
final class HDRWriter: ImageWriter {
    private let sink: any ImageSink
    private let context: CodecContext
    private var pictures: WrittenPictures
    /// The number of samples that have no place.
    private var oddCount = 0

    init(
        sink: any ImageSink, header: ImageHeader, context: CodecContext
    ) throws(ImageError) {
        self.sink = sink
        self.context = context
        pictures = WrittenPictures(in: .hdr, header)
        try sink.append(Array(HDRHeader.text(header).utf8))
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        var output: [UInt8] = []
        for row in 0..<band.rowCount {
            try context.checkCancellation()
            let channels = unsafe band.withFilledBytes { bytes in
                unsafe encoded(
                    UnsafeRawBufferPointer(
                        rebasing: bytes[row * band.bytesPerRow..<(row + 1) * band.bytesPerRow]
                    ).bindMemory(to: Float.self))
            }
            append(channels, to: &output)
        }
        try sink.append(output)
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        if oddCount > 0 {
            let words =
                oddCount == 1
                ? "1 sample that is negative, too large or no number becomes"
                : "\(oddCount) samples that are negative, too large or no numbers become"
            context.lose(.picture("\(words) 0 or the largest"))
        }
    }

    /// The bytes of a row, all first ones, all second ones and so on.
    private func encoded(_ samples: UnsafeBufferPointer<Float>) -> [[UInt8]] {
        let width = samples.count / 3
        var channels = [[UInt8]](repeating: [], count: 4)
        for channel in 0..<4 { channels[channel].reserveCapacity(width) }
        for place in stride(from: 0, to: samples.count, by: 3) {
            let pixel = HDRPixel.bytes(
                storable(unsafe samples[place]), storable(unsafe samples[place + 1]),
                storable(unsafe samples[place + 2]))
            channels[0].append(pixel.0)
            channels[1].append(pixel.1)
            channels[2].append(pixel.2)
            channels[3].append(pixel.3)
        }
        return channels
    }

    private func storable(_ sample: Float) -> Float {
        if sample >= 0, sample <= HDRPixel.largest { return sample }
        oddCount += 1
        return sample > 0 ? HDRPixel.largest : 0
    }

    private func append(_ channels: [[UInt8]], to output: inout [UInt8]) {
        let width = channels[0].count
        guard HDRRowDecoder.widths.contains(width) else {
            for column in 0..<width {
                for channel in channels { output.append(channel[column]) }
            }
            return
        }
        output += HDRRowDecoder.mark + [UInt8(width >> 8), UInt8(width & 0xFF)]
        for channel in channels { Self.appendRuns(of: channel, to: &output) }
    }

    /// Appends bytes in runs of up to 127 alike, or of up to 128 others.
    private static func appendRuns(of bytes: [UInt8], to output: inout [UInt8]) {
        func runLength(at start: Int, most: Int) -> Int {
            let end = min(bytes.count, start + most)
            var place = start + 1
            while place < end, bytes[place] == bytes[start] { place += 1 }
            return place - start
        }
        let worthwhile = 4
        var place = 0
        while place < bytes.count {
            let run = runLength(at: place, most: 127)
            if run >= worthwhile {
                output += [UInt8(128 + run), bytes[place]]
                place += run
                continue
            }
            var end = place + 1
            while end < bytes.count, end - place < 128,
                runLength(at: end, most: worthwhile) < worthwhile
            {
                end += 1
            }
            output.append(UInt8(end - place))
            output += bytes[place..<end]
            place = end
        }
    }
}
