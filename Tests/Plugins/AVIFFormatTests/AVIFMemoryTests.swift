#if AVIF
    import AVIFFormat
    import FormatKit
    import Testing

    /// Estimates against the measurements of `docs/notes/memory.md`, in bytes a pixel.
    @Suite struct AVIFMemoryTests {
        @Test(
            arguments: [
                (PixelLayout(.gray, .uint8), 4), (PixelLayout(.rgb, .uint8), 7),
                (PixelLayout(.rgb, .uint8, alpha: .straight), 9), (PixelLayout(.rgb, .uint16), 4),
            ])
        func `reading takes no more than is estimated`(layout: PixelLayout, measured: Int) throws {
            let estimate = AVIFPlugin().memoryPerPixel(reading: layout)
            #expect(try #require(estimate) >= measured)
        }

        @Test(
            arguments: [
                (PixelLayout(.gray, .uint8), false, 4, 15),
                (PixelLayout(.rgb, .uint8), false, 4, 35),
                (PixelLayout(.rgb, .uint8, alpha: .straight), false, 4, 19),
                (PixelLayout(.rgb, .uint16), false, 4, 23),
                (PixelLayout(.rgb, .uint8), false, 9, 35),
                (PixelLayout(.gray, .uint8), true, 4, 17), (PixelLayout(.rgb, .uint8), true, 4, 37),
                (PixelLayout(.rgb, .uint8, alpha: .straight), true, 4, 38),
            ])
        func `writing takes no more than is estimated`(
            layout: PixelLayout, isLossless: Bool, effort: Int, measured: Int
        ) throws {
            let settings = WriteSettings(isLossless: isLossless, effort: effort)
            let estimate = AVIFPlugin().memoryPerPixel(writing: layout, with: settings)
            #expect(try #require(estimate) >= measured)
            #expect(try #require(estimate) <= 5 * measured)
        }
    }
#endif
