internal import FormatKit

extension ImageComparison {
    /// The comparison for people.
    package var text: String {
        var lines = [
            "size             \(size)",
            "layout           \(layout)",
            "PSNR             \(Self.decibels(overall.psnr))",
        ]
        if channels.count > 1 {
            for (name, channel) in zip(layout.channelNames, channels) {
                let label = "PSNR \(name)"
                let padding = String(repeating: " ", count: max(1, 17 - label.count))
                lines.append(label + padding + Self.decibels(channel.psnr))
            }
        }
        lines.append("MS-SSIM          \(similarityText)")
        lines.append("max difference   \(maximumDifference) of \(peak)")
        return lines.joined(separator: "\n") + "\n"
    }

    private var similarityText: String {
        guard let similarity else { return "not defined for this image" }
        let value = Decimals.text(similarity.value, digits: 6)
        return similarity.scaleCount == 5
            ? value : "\(value) (\(similarity.scaleCount) of 5 scales: the image is small)"
    }

    private static func decibels(_ value: Double) -> String {
        value.isFinite ? "\(Decimals.text(value, digits: 4)) dB" : "identical"
    }

    /// The comparison for machines; the PSNR of what does not differ is `null`.
    package func json(_ first: String, _ second: String) -> JSONValue {
        let channels = zip(layout.channelNames, channels).map { name, channel in
            JSONValue.Member(key: name, value: .real(channel.psnr))
        }
        return [
            "first": .string(first), "second": .string(second),
            "width": .integer(size.width), "height": .integer(size.height),
            "layout": .string(layout.description), "identical": .boolean(isIdentical),
            "psnr": .real(overall.psnr), "psnr_channels": .object(channels),
            "mse": .real(overall.meanSquaredError),
            "ms_ssim": similarity.map { .real($0.value) } ?? .null,
            "ms_ssim_scales": similarity.map { .integer($0.scaleCount) } ?? .null,
            "max_difference": .integer(maximumDifference), "peak": .integer(peak),
        ]
    }
}

/// Numbers as text, without a C library's formats.
enum Decimals {
    /// `value` with `digits` digits after the point.
    static func text(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let fraction = String(scaled % Int(scale))
        let padding = String(repeating: "0", count: digits - fraction.count)
        return (value < 0 ? "-" : "") + "\(scaled / Int(scale)).\(padding)\(fraction)"
    }
}
