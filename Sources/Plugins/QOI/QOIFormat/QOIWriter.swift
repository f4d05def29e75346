internal import FormatKit

/// Writes one QOI file, row by row, with the codes that the reference encoder takes.
final class QOIWriter: ImageWriter {
    private let sink: any ImageSink
    private var pictures: WrittenPictures
    private var previous = QOIPixel.start
    private var seen = [QOIPixel](repeating: .none, count: 64)
    /// The number of pixels like the last that have not been written.
    private var runCount = 0
    private var output: [UInt8] = []

    init(sink: any ImageSink, header: ImageHeader) throws(ImageError) {
        self.sink = sink
        pictures = WrittenPictures(in: .qoi, header)
        try sink.append(
            QOIHeader(
                header.size, hasAlpha: header.layout.hasAlpha,
                isLinear: QOIColors.areLinear(header.metadata)
            ).serialized)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        let bytes = band.filledBytes
        let channelCount = band.layout.channelCount
        for place in stride(from: 0, to: bytes.count, by: channelCount) {
            add(
                QOIPixel(
                    red: bytes[place], green: bytes[place + 1], blue: bytes[place + 2],
                    alpha: channelCount == 4 ? bytes[place + 3] : 255))
        }
        try flush()
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        endRun()
        output += QOICode.end
        try flush()
    }

    private func flush() throws(ImageError) {
        try sink.append(output)
        output.removeAll(keepingCapacity: true)
    }

    private func endRun() {
        guard runCount > 0 else { return }
        output.append(QOICode.run | UInt8(runCount - 1))
        runCount = 0
    }

    private func add(_ pixel: QOIPixel) {
        if pixel == previous {
            runCount += 1
            // Two longer runs would be the codes of whole pixels.
            if runCount == 62 { endRun() }
            return
        }
        endRun()
        let place = pixel.place
        if seen[place] == pixel {
            output.append(QOICode.place | UInt8(place))
        } else {
            seen[place] = pixel
            addColor(pixel)
        }
        previous = pixel
    }

    private func addColor(_ pixel: QOIPixel) {
        guard pixel.alpha == previous.alpha else {
            output += [QOICode.rgba, pixel.red, pixel.green, pixel.blue, pixel.alpha]
            return
        }
        let red = pixel.red &- previous.red
        let green = pixel.green &- previous.green
        let blue = pixel.blue &- previous.blue
        let (redRest, blueRest) = (red &- green &+ 8, blue &- green &+ 8)
        if red &+ 2 < 4, green &+ 2 < 4, blue &+ 2 < 4 {
            let parts = (red &+ 2) << 4 | (green &+ 2) << 2 | (blue &+ 2)
            output.append(QOICode.difference | parts)
        } else if green &+ 32 < 64, redRest < 16, blueRest < 16 {
            output.append(QOICode.luma | (green &+ 32))
            output.append(redRest << 4 | blueRest)
        } else {
            output += [QOICode.rgb, pixel.red, pixel.green, pixel.blue]
        }
    }
}
