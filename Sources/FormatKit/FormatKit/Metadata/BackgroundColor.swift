/// The color on which a picture with transparency is meant to be shown, where its file names one;
/// in the model of its pixels, and 16 bits a channel.
public enum BackgroundColor: Sendable, Hashable {
    /// Gray.
    case gray(UInt16)
    /// Red, green and blue.
    case rgb(UInt16, UInt16, UInt16)

    /// The values, one for each channel.
    public var channels: [UInt16] {
        switch self {
        case .gray(let value): [value]
        case .rgb(let red, let green, let blue): [red, green, blue]
        }
    }

    /// The color among pixels of another model, or `nil` if it has no place there.
    func converted(to model: ColorModel) -> BackgroundColor? {
        switch (self, model) {
        case (.gray, .gray), (.rgb, .rgb): self
        case (.gray(let value), .rgb): .rgb(value, value, value)
        default: nil
        }
    }
}
