internal import CoinFormat
public import FormatKit
internal import JPEGFormat
internal import PNGFormat
internal import PNMFormat
internal import TIFFFormat
internal import WebPFormat

/// The formats that come with the converter.
///
/// This is the one place where formats are listed; adding one means adding it here.
public enum BuiltInFormats {
    /// The plugins, in the order in which `convert formats` prints them.
    public static var plugins: [any FormatPlugin] {
        [CoinPlugin(), PNGPlugin(), TIFFPlugin(), WebPPlugin(), JPEGPlugin()] + PNMPlugin.all
    }

    /// A registry of the built-in plugins.
    ///
    /// - Throws: ``FormatRegistry/Conflict`` if two of them claim the same thing.
    public static func makeRegistry() throws(FormatRegistry.Conflict) -> FormatRegistry {
        try FormatRegistry(plugins)
    }
}
