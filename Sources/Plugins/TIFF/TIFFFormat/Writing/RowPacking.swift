import FormatKit

import CTIFFShim

/// Stores pixels in fewer bits than they come in, where the source did.
enum RowPacking {
    /// Gray of 1, 2 or 4 bits.
    case gray(bitCount: Int, isInverted: Bool)
    /// Places in a table of colors.
    case palette(PaletteTable)

    /// The packing that the source of an image suggests, if TIFF has it.
    init?(_ header: ImageHeader, isInverted: Bool) {
        switch header.storage {
        case .packedGray(let bitCount)
        where [1, 2, 4].contains(bitCount) && header.layout == PixelLayout(.gray, .uint8):
            self = .gray(bitCount: bitCount, isInverted: isInverted)
        case .palette(let palette)
        where header.layout == PixelLayout(.rgb, .uint8)
            && [1, 2, 4, 8].contains(palette.indexBitCount)
            && (1...(1 << palette.indexBitCount)).contains(palette.colors.count):
            self = .palette(PaletteTable(palette))
        default: return nil
        }
    }

    /// The number of bits of a stored sample.
    var bitCount: Int {
        switch self {
        case .gray(let bitCount, _): bitCount
        case .palette(let table): table.bitCount
        }
    }

    /// Packs a row of pixels.
    func pack(
        _ row: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let pixels = unsafe row.assumingMemoryBound(to: UInt8.self).baseAddress
        let packed = unsafe output.assumingMemoryBound(to: UInt8.self).baseAddress
        let status =
            switch self {
            case .gray(let bitCount, let isInverted):
                unsafe ctiff_pack_gray(
                    pixels, row.count, UInt32(bitCount), isInverted ? 1 : 0, packed)
            case .palette(let table):
                unsafe table.pack(pixels, row.count / 3, packed)
            }
        guard status == 1 else {
            throw .codecFailure(
                .tiff, "a pixel has a value that \(bitCount)-bit storage was not to have")
        }
    }
}

/// A table of colors, and where each is in it.
@safe final class PaletteTable {
    let bitCount: Int
    /// The color map of the file: red, then green, then blue.
    let colorMap: [UInt16]
    private let places: UnsafeMutablePointer<ctiff_palette>

    init(_ palette: Palette) {
        bitCount = palette.indexBitCount
        let unused = (1 << palette.indexBitCount) - palette.colors.count
        colorMap = [\RGBAColor.red, \.green, \.blue].flatMap { channel in
            palette.colors.map { UInt16($0[keyPath: channel]) * 257 }
                + [UInt16](repeating: 0, count: unused)
        }
        unsafe places = .allocate(capacity: 1)
        let colors = palette.colors.flatMap { [$0.red, $0.green, $0.blue] }
        unsafe ctiff_fill_palette(places, colors, palette.colors.count)
    }

    deinit {
        unsafe places.deallocate()
    }

    func pack(
        _ pixels: UnsafePointer<UInt8>?, _ width: Int, _ output: UnsafeMutablePointer<UInt8>?
    ) -> Int32 {
        unsafe ctiff_pack_palette(places, pixels, width, UInt32(bitCount), output)
    }
}
