import FormatKit

import CTIFFShim

/// Which of the samples that follow the color of a pixel is its alpha.
enum ExtraSamples {
    /// The place of alpha in a pixel and what it means, or `nil` where there is none; and the number
    /// of samples that are left out, and whether the meaning is only guessed.
    ///
    /// A single extra sample that the file does not explain is alpha, as it is to libvips and
    /// ImageMagick; of several only one that is declared.
    static func alpha(
        _ file: TIFFDecoder, _ fields: ctiff_layout, colors: Int
    ) -> (alpha: (sample: Int, mode: AlphaMode)?, unusedCount: Int, isGuessed: Bool) {
        let extraCount = Int(fields.samples_per_pixel) - colors
        guard extraCount > 0 else { return (nil, 0, false) }
        let kinds = (0..<min(extraCount, Int(fields.extra_sample_count))).map(file.extraSample)
        let declared = kinds.firstIndex { $0 == 1 || $0 == 2 }
        if let index = declared {
            return (
                (colors + index, kinds[index] == 1 ? .premultiplied : .straight), extraCount - 1,
                false
            )
        }
        guard extraCount == 1 else { return (nil, extraCount, false) }
        return ((colors, .straight), 0, true)
    }
}
