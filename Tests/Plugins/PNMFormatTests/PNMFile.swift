import FormatKit
import TestSupport
import Testing

@testable import PNMFormat

/// A file by hand: a header in text and a raster in bytes.
struct PNMFile: Sendable, CustomTestStringConvertible {
    let text: String
    var raster: [UInt8] = []

    init(_ text: String, _ raster: [UInt8] = []) {
        self.text = text
        self.raster = raster
    }

    var bytes: [UInt8] { Array(text.utf8) + raster }

    var testDescription: String { text.debugDescription }

    /// The plugin for the file's magic number.
    var plugin: PNMPlugin {
        PNMPlugin(PNMKind.allCases.first { $0.magics.contains(String(text.prefix(2))) } ?? .pixmap)
    }

    func decoded(_ context: CodecContext = CodecContext()) throws(ImageError) -> Image {
        try Image(decoding: bytes, as: plugin, context: context)
    }
}

extension Image {
    /// The samples of 16 bits as numbers.
    var words: [UInt16] {
        stride(from: 0, to: bytes.count, by: 2).map { index in
            unsafe bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: index, as: UInt16.self)
            }
        }
    }

    /// The samples of floats as numbers.
    var floats: [Float] {
        stride(from: 0, to: bytes.count, by: 4).map { index in
            unsafe bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: index, as: Float.self)
            }
        }
    }
}
