#if JPEGXL
    import FormatKit
    import JPEGXLFormat
    import Testing

    /// Estimates against the measurements of `docs/notes/memory.md`, in bytes a pixel.
    @Suite struct JXLMemoryTests {
        @Test(
            arguments: [
                (PixelLayout(.gray, .uint8), 17), (PixelLayout(.rgb, .uint8), 9),
                (PixelLayout(.rgb, .uint8, alpha: .straight), 44),
                (PixelLayout(.rgb, .uint16), 37),
            ])
        func `reading takes no more than is estimated`(layout: PixelLayout, measured: Int) throws {
            let estimate = JXLPlugin().memoryPerPixel(reading: layout)
            #expect(try #require(estimate) >= measured)
            #expect(try #require(estimate) <= 5 * measured)
        }

        @Test(
            arguments: [
                (PixelLayout(.gray, .uint8), false, 7, 49),
                (PixelLayout(.rgb, .uint8), false, 7, 52),
                (PixelLayout(.rgb, .uint8, alpha: .straight), false, 7, 69),
                (PixelLayout(.rgb, .uint16), false, 7, 54),
                (PixelLayout(.rgb, .uint8), false, 8, 287),
                (PixelLayout(.rgb, .uint8), false, 9, 285),
                (PixelLayout(.gray, .uint8), true, 3, 39), (PixelLayout(.rgb, .uint8), true, 3, 70),
                (PixelLayout(.rgb, .uint8, alpha: .straight), true, 3, 98),
                (PixelLayout(.rgb, .uint16), true, 3, 80), (PixelLayout(.rgb, .uint8), true, 7, 98),
                (PixelLayout(.rgb, .uint8), true, 9, 139),
            ])
        func `writing takes no more than is estimated`(
            layout: PixelLayout, isLossless: Bool, effort: Int, measured: Int
        ) throws {
            let settings = WriteSettings(isLossless: isLossless, effort: effort)
            let estimate = JXLPlugin().memoryPerPixel(writing: layout, with: settings)
            #expect(try #require(estimate) >= measured)
            #expect(try #require(estimate) <= 2 * measured)
        }
    }
#endif
