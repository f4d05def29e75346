import FormatKit
import Foundation
import LCMSColor
import TestSupport
import Testing

@Suite struct LCMSColorTests {
    private let engine = LCMSColorEngine()
    private let rgb16 = PixelLayout(.rgb, .uint16)

    private func convert<T: BitwiseCopyable>(
        _ samples: [T], _ colors: ColorAccount, _ layout: PixelLayout
    ) throws -> [T] {
        let transform = try engine.makeTransform(from: colors, layout: layout)
        let bytes = unsafe samples.withUnsafeBytes { unsafe Array($0) }
        let band = PixelBand(
            width: samples.count / layout.channelCount, layout: layout, bytes: bytes)
        return unsafe transform.convert(band).bytes.withUnsafeBytes {
            unsafe Array($0.bindMemory(to: T.self))
        }
    }

    private func sample(_ value: Double) -> UInt16 { UInt16((value * 65_535).rounded()) }

    /// Values computed in double precision from the definitions of the spaces.
    @Test(
        arguments: [
            (12, 13, [0.8, 0.5, 0.4], [55_685, 31_580, 24_699]),
            (12, 13, [0.3, 0.6, 0.35], [9_378, 39_895, 21_012]),
            (12, 13, [0.5, 0.5, 0.5], [32_768, 32_768, 32_768]),
            (9, 1, [0.8, 0.5, 0.4], [62_488, 32_689, 28_259]),
            (9, 1, [0.5, 0.5, 0.5], [35_812, 35_812, 35_812]),
            (1, 8, [0.5, 0.5, 0.5], [48_192, 48_192, 48_192]),
            (1, 13, [0.8, 0.5, 0.4], [52_428, 32_768, 26_214]),
        ] as [(UInt8, UInt8, [Double], [Int])])
    func `code points become sRGB`(
        primaries: UInt8, transfer: UInt8, color: [Double], expected: [Int]
    ) throws {
        let colors = ColorAccount.codePoints(
            ColorCodePoints(primaries: primaries, transfer: transfer))
        let result = try convert(color.map(sample), colors, rgb16)
        for (found, value) in zip(result, expected) { #expect(abs(Int(found) - value) <= 40) }
        // A profile that says the same does the same.
        let profile = try #require(engine.profile(for: colors, model: .rgb))
        let byProfile = try convert(color.map(sample), .profile(profile), rgb16)
        for (found, value) in zip(byProfile, result) {
            #expect(abs(Int(found) - Int(value)) <= 40)
        }
    }

    @Test(arguments: [(1, ColorModel.rgb), (1, .gray), (3, .rgb)])
    func `tables are followed, one for all channels or one for each`(
        count: Int, model: ColorModel
    ) throws {
        let exponents = [1.6, 2.0, 2.6].prefix(count)
        let tables = exponents.map { exponent in
            (0..<1 << 16).map { UInt16((65_535 * pow(Double($0) / 65_535, exponent)).rounded()) }
        }
        let curves = ColorAccount.curves(
            try #require(TransferCurves(tables)), chromaticities: nil)
        let layout = PixelLayout(model, .uint16)
        let samples = (0..<60).map { sample(Double($0 / 3) / 19) }
        let found = try convert(samples, curves, layout)
        for (place, exponent) in exponents.enumerated() {
            let expected = try convert(
                samples, .calibration(gamma: 1 / exponent, chromaticities: nil), layout)
            for index in found.indices where index % exponents.count == place {
                // The steps are coarse where it is dark.
                #expect(abs(Int(found[index]) - Int(expected[index])) <= 60)
            }
        }
        let profile = try #require(engine.profile(for: curves, model: model))
        #expect(profile == engine.profile(for: curves, model: model))
        let through = try convert(samples, .profile(profile), layout)
        #expect(zip(through, found).allSatisfy { abs(Int($0) - Int($1)) <= 60 })
        #expect(engine.codePoints(for: profile, model: model) == nil)
    }

    @Test func `three tables are not for gray`() throws {
        let curves = ColorAccount.curves(
            try #require(TransferCurves([[0, 1, 2, 9], [0, 1, 2, 9], [0, 1, 2, 9]])),
            chromaticities: nil)
        #expect(engine.accepts(curves, model: .rgb) && !engine.accepts(curves, model: .gray))
        #expect(engine.profile(for: curves, model: .gray) == nil)
        #expect(!engine.accepts(curves, model: .cmyk))
    }

    /// Places of the curve of PQ (SMPTE ST 2084) and of HLG (ITU-R BT.2100), with their light relative
    /// to the brightest.
    @Test(
        arguments: [
            (16, [(0.0, 0.0), (0.5081, 0.01), (0.5807, 0.0203), (0.7518, 0.1), (1, 1)]),
            (18, [(0.0, 0.0), (0.5, 1.0 / 12), (0.75, 0.2650), (1, 1)]),
        ] as [(UInt8, [(Double, Double)])], [ColorModel.gray, .rgb])
    func `a high dynamic range has a curve of many steps`(
        range: (UInt8, [(Double, Double)]), model: ColorModel
    ) throws {
        let points = ColorCodePoints(primaries: 9, transfer: range.0)
        let profile = try #require(engine.profile(for: .codePoints(points), model: model))
        #expect(engine.accepts(.profile(profile), model: model))
        #expect(!engine.accepts(.codePoints(points), model: model))
        let curve = try #require(values(of: model == .gray ? "kTRC" : "gTRC", in: profile))
        #expect(curve.count == 4096)
        for (place, light) in range.1 {
            let found = Double(curve[Int((4095 * place).rounded())]) / 65_535
            #expect(abs(found - light) <= 0.0005 + light * 0.005, "\(place)")
        }
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 })
        // Who reads so far knows the code points again.
        #expect(engine.codePoints(for: profile, model: model) == (model == .rgb ? points : nil))
        guard Self.exiftool.isInstalled else { return }
        let outcome = try Self.exiftool.run(
            ["-validate", "-warning", "-s", "%"], on: profile, pathExtension: "icc")
        #expect(outcome.text.contains("OK"), "\(outcome.text)")
    }

    /// The values of a curve in a profile (ICC.1:2022 §10.6).
    private func values(of name: String, in profile: [UInt8]) -> [Int]? {
        func number(_ offset: Int, _ count: Int = 4) -> Int {
            profile[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
        }
        let entry = (0..<number(128)).map { 132 + 12 * $0 }
            .first { profile[$0..<$0 + 4].elementsEqual(name.utf8) }
        guard let place = entry.map({ number($0 + 4) }),
            profile[place..<place + 4].elementsEqual("curv".utf8)
        else { return nil }
        return (0..<number(place + 8)).map { number(place + 12 + 2 * $0, 2) }
    }

    @Test func `a gamma applies to gray`() throws {
        let colors = ColorAccount.calibration(gamma: 1, chromaticities: nil)
        let result = try convert([UInt16(0), 32_768, .max], colors, PixelLayout(.gray, .uint16))
        #expect(result[0] == 0 && result[2] == .max && abs(Int(result[1]) - 48_192) <= 40)
    }

    @Test func `colors out of gamut are clamped, reals are not`() throws {
        let green = try convert(
            [UInt8(0), 255, 0], .codePoints(.displayP3), PixelLayout(.rgb, .uint8))
        #expect(green == [0, 255, 0])
        let real = try convert(
            [Float(0), 1, 0], .codePoints(.displayP3), PixelLayout(.rgb, .float32))
        #expect(real[0] < 0 && real[1] > 1)
    }

    @Test(arguments: [SampleType.uint8, .uint16])
    func `alpha stays`(type: SampleType) throws {
        let layout = PixelLayout(.rgb, type, alpha: .straight)
        let image = Image.noise(40, 3, layout)
        let transform = try engine.makeTransform(from: .codePoints(.displayP3), layout: layout)
        let result = transform.convert(PixelBand(width: 40, layout: layout, bytes: image.bytes))
        #expect(result.layout == layout && result.rowCount == 3)
        let (size, pixel) = (type.byteCount, layout.bytesPerPixel)
        for start in stride(from: 3 * size, to: image.bytes.count, by: pixel) {
            #expect(result.bytes[start..<start + size] == image.bytes[start..<start + size])
        }
    }

    @Test func `inks become light by their profile`() throws {
        let profile = ColorAccount.profile(InkProfile.bytes)
        #expect(engine.accepts(profile, model: .cmyk))
        let result = try convert(
            [UInt8(0), 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0], profile, PixelLayout(.cmyk, .uint8))
        #expect(result.prefix(3).allSatisfy { $0 >= 254 })
        #expect(result[3..<6].allSatisfy { $0 <= 1 })
        // The profile makes cyan a gray of L* 60, which is 145 in sRGB.
        #expect(result[6..<9].allSatisfy { abs(Int($0) - 145) <= 2 }, "\(result)")
    }

    @Test func `what cannot be converted is refused`() {
        let damaged = [UInt8](repeating: 0, count: 500)
        for colors in [
            ColorAccount.profile(damaged), .profile([1]),
            .profile(Array(InkProfile.bytes.prefix(300))),
            .codePoints(ColorCodePoints(primaries: 9, transfer: 16)),
            .codePoints(ColorCodePoints(primaries: 9, transfer: 18)),
            .codePoints(ColorCodePoints(primaries: 1, transfer: 13, isFullRange: false)),
            .calibration(gamma: 0, chromaticities: nil),
            .calibration(
                gamma: nil,
                chromaticities: Chromaticities(
                    white: Chromaticity(0.3, 0.3), red: Chromaticity(0.1, 0.1),
                    green: Chromaticity(0.2, 0.2), blue: Chromaticity(0.3, 0.3))),
        ] {
            #expect(!engine.accepts(colors, model: .rgb))
            #expect(throws: ImageError.self) {
                try engine.makeTransform(from: colors, layout: rgb16)
            }
        }
        #expect(!engine.accepts(.profile(InkProfile.bytes), model: .rgb))
        #expect(!engine.accepts(.codePoints(.displayP3), model: .cmyk))
    }

    @Test(arguments: [ColorModel.gray, .rgb])
    func `a profile has the same bytes at every run`(model: ColorModel) throws {
        let colors = ColorAccount.codePoints(.displayP3)
        let profile = try #require(engine.profile(for: colors, model: model))
        #expect(profile == engine.profile(for: colors, model: model))
        #expect(Array(profile[24..<36]) == [7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
        #expect(engine.accepts(.profile(profile), model: model))
        #expect(engine.profile(for: .profile(profile), model: model) == nil)
    }

    @Test(arguments: [1, 9, 12], [1, 4, 5, 8, 13])
    func `code points are told from a profile that says the same`(
        primaries: UInt8, transfer: UInt8
    ) throws {
        let points = ColorCodePoints(primaries: primaries, transfer: transfer)
        let profile = try #require(engine.profile(for: .codePoints(points), model: .rgb))
        #expect(engine.codePoints(for: profile, model: .rgb) == points)
        #expect(engine.codePoints(for: profile, model: .gray) == nil)
        let gray = try #require(engine.profile(for: .codePoints(points), model: .gray))
        #expect(
            engine.codePoints(for: gray, model: .gray)
                == ColorCodePoints(primaries: 1, transfer: transfer))
    }

    @Test func `other profiles are not taken for code points`() throws {
        let near = Chromaticities(
            white: Chromaticities.sRGB.white, red: Chromaticity(0.645, 0.33),
            green: Chromaticities.sRGB.green, blue: Chromaticities.sRGB.blue)
        for colors in [
            ColorAccount.calibration(gamma: 1 / 2.4, chromaticities: nil),
            .calibration(gamma: 1 / 2.22, chromaticities: .sRGB),
            .calibration(gamma: 1, chromaticities: near),
            .codePoints(ColorCodePoints(primaries: 5, transfer: 13)),
        ] {
            let profile = try #require(engine.profile(for: colors, model: .rgb))
            #expect(engine.codePoints(for: profile, model: .rgb) == nil, "\(colors)")
        }
        #expect(engine.codePoints(for: InkProfile.bytes, model: .cmyk) == nil)
        #expect(engine.codePoints(for: InkProfile.bytes, model: .rgb) == nil)
        #expect(engine.codePoints(for: [UInt8](repeating: 0, count: 300), model: .rgb) == nil)
        var generator = SplitMix64(seed: 8)
        let profile = try #require(engine.profile(for: .codePoints(.displayP3), model: .rgb))
        for _ in 0..<300 {
            var damaged = profile
            damaged[Int(generator.next() % UInt64(damaged.count))] = generator.bytes(1)[0]
            _ = engine.codePoints(for: damaged, model: .rgb)
        }
    }

    /// Profiles that others made, with the code points that they are known to mean.
    @Test(
        arguments: [
            ("/usr/share/color/icc/ghostscript/srgb.icc", ColorCodePoints.sRGB),
            ("/usr/share/color/icc/ghostscript/a98.icc", nil),
            ("/usr/share/color/icc/ghostscript/rommrgb.icc", nil),
            ("/usr/share/color/icc/colord/sRGB.icc", .sRGB),
            ("/usr/share/color/icc/colord/AdobeRGB1998.icc", nil),
        ] as [(String, ColorCodePoints?)])
    func `profiles of others are known`(path: String, points: ColorCodePoints?) throws {
        guard let profile = FileManager.default.contents(atPath: path) else {
            try Test.cancel("\(path) is not installed")
        }
        #expect(engine.codePoints(for: Array(profile), model: .rgb) == points)
    }

    @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool reads our profiles`() throws {
        let profile = try #require(engine.profile(for: .codePoints(.displayP3), model: .rgb))
        let outcome = try Self.exiftool.run(
            ["-validate", "-warning", "-s", "%"], on: profile, pathExtension: "icc")
        #expect(outcome.text.contains("OK"), "\(outcome.text)")
    }

    private static let exiftool = ForeignTool("exiftool")
}

/// A profile of inks: black has L* 0, each other ink takes 40 of L*, and no ink is white.
enum InkProfile {
    static let bytes: [UInt8] = {
        var table = Array("mft1".utf8) + [0, 0, 0, 0, 4, 3, 2, 0]
        for row in 0..<3 {
            for column in 0..<3 { table += row == column ? [0, 1, 0, 0] : [0, 0, 0, 0] }
        }
        let identity = (UInt8.min...UInt8.max).map { $0 }
        for _ in 0..<4 { table += identity }
        for inks in 0..<16 {
            // The first ink varies slowest; black comes last.
            let light = inks & 1 == 1 ? 0 : max(0, 100 - 40 * (inks >> 1).nonzeroBitCount)
            table += [UInt8((Double(light) * 2.55).rounded()), 128, 128]
        }
        for _ in 0..<3 { table += identity }
        while table.count % 4 != 0 { table.append(0) }
        func number(_ value: Int) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        var header = [UInt8](repeating: 0, count: 128)
        header.replaceSubrange(0..<4, with: number(128 + 16 + table.count))
        header.replaceSubrange(8..<12, with: [2, 0x40, 0, 0])
        header.replaceSubrange(12..<24, with: Array("prtrCMYKLab ".utf8))
        header.replaceSubrange(36..<40, with: Array("acsp".utf8))
        header.replaceSubrange(68..<80, with: [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D])
        return header + number(1) + Array("A2B0".utf8) + number(144) + number(table.count) + table
    }()
}
