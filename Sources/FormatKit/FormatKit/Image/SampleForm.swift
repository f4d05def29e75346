/// What a file's samples are beyond what a layout can say; a format that can say it stores them so
/// again, and in others it is a loss.
package struct SampleForm: OptionSet, Sendable, Hashable {
    /// The bits.
    package let rawValue: Int

    /// Creates a form from its bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Integers are signed; they are delivered shifted, so that the lowest is 0.
    package static let signed = SampleForm(rawValue: 1)
    /// Integers of 32 bits, which are delivered as reals of 0 to 1 unless their reader is asked for
    /// them as they are stored: see ``StoredSampleReader``.
    package static let integers = SampleForm(rawValue: 2)
    /// What is delivered as alpha is a sample of unspecified meaning.
    package static let unspecifiedAlpha = SampleForm(rawValue: 4)

    /// The losses where a form is not kept and samples become those of a type.
    ///
    /// What integers lose that become shorter ones, ``LayoutChoice`` tells.
    func losses(to sample: SampleType) -> [Loss] {
        var losses: [Loss] = []
        if contains(.integers), sample == .float32 {
            losses.append(.bitDepth(from: 32, to: 24))
            losses.append(
                .picture("32-bit integers become floating-point samples: their range, 0 to 1"))
        }
        if contains(.signed) {
            losses.append(
                .picture("signed samples are shifted: the lowest value becomes 0"))
        }
        if contains(.unspecifiedAlpha) {
            losses.append(
                .picture(
                    "an extra sample of unspecified meaning is taken for straight alpha"))
        }
        return losses
    }
}

/// A reader that can deliver samples as they are stored, in as many bytes as the layout's, for a
/// writer that stores them so again.
package protocol StoredSampleReader: ImageReader {
    /// Makes the reader deliver ``SampleForm/integers`` as they are.
    ///
    /// To be called before the first row of a picture is read.
    func deliverStoredSamples()
}
