import FormatKit
import Testing
import TestSupport

@Suite struct ExifOrientationTests {
    /// A block whose first directory has entries of type SHORT, in one of the byte orders.
    private func block(_ entries: [(tag: Int, value: Int)], isLittle: Bool) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittle ? bytes : bytes.reversed()
        }
        let mark: UInt8 = isLittle ? 0x49 : 0x4D
        var bytes = [mark, mark] + number(42, 2) + number(8, 4) + number(entries.count, 2)
        for entry in entries {
            bytes += number(entry.tag, 2) + number(3, 2) + number(1, 4)
            bytes += number(entry.value, 2) + [0, 0]
        }
        return bytes + number(0, 4)
    }

    @Test(arguments: [true, false], Orientation.allCases)
    func `an entry is read and changed in place`(isLittle: Bool, orientation: Orientation) throws {
        let exif = block(
            [(0x10F, 7), (0x112, orientation.rawValue), (0x131, 9)], isLittle: isLittle)
        #expect(ExifOrientation.read(from: exif) == orientation)
        for other in Orientation.allCases {
            let changed = ExifOrientation.setting(other, in: exif)
            #expect(
                changed
                    == block([(0x10F, 7), (0x112, other.rawValue), (0x131, 9)], isLittle: isLittle))
        }
    }

    @Test(arguments: [true, false], [[(0x10F, 7)], [(0x131, 9)], [(0x10F, 7), (0x131, 9)]])
    func `a missing entry is added in the order of tags`(
        isLittle: Bool, entries: [(Int, Int)]
    ) throws {
        let exif = block(entries.map { (tag: $0.0, value: $0.1) }, isLittle: isLittle)
        #expect(ExifOrientation.read(from: exif) == nil)
        #expect(ExifOrientation.setting(.up, in: exif) == exif)
        let changed = try #require(ExifOrientation.setting(.left, in: exif))
        #expect(ExifOrientation.read(from: changed) == .left)
        // All but the offset of the first directory stays where it was.
        #expect(changed[8..<exif.count] == exif[8...])
        let directory = (entries + [(0x112, 8)]).sorted { $0.0 < $1.0 }
        let expected = block(directory.map { (tag: $0.0, value: $0.1) }, isLittle: isLittle)
        #expect(changed.suffix(expected.count - 8) == expected[8...])
    }

    @Test func `no block becomes a minimal one, if the picture is to be turned`() throws {
        #expect(ExifOrientation.setting(.up, in: nil) == nil)
        for orientation in Orientation.allCases where orientation != .up {
            let exif = try #require(ExifOrientation.setting(orientation, in: nil))
            #expect(exif.count == 26)
            #expect(ExifOrientation.read(from: exif) == orientation)
            #expect(
                ImageMetadata(orientation: orientation).exifCarryingOrientation == exif)
        }
    }

    @Test(
        arguments: [
            [], [0x49], Array("Exif\0\0II*\0".utf8), [0x49, 0x49, 0x2A, 0, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0],
            [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0xFF, 0xFF, 0, 0],
        ] as [[UInt8]])
    func `a malformed block is left alone`(exif: [UInt8]) {
        #expect(ExifOrientation.read(from: exif) == nil)
        #expect(ExifOrientation.setting(.left, in: exif) == exif)
    }

    @Test func `a value that is not defined counts as none`() {
        for value in [0, 9, 0xFFFF] {
            #expect(ExifOrientation.read(from: block([(0x112, value)], isLittle: true)) == nil)
        }
    }

    @Test(arguments: 0..<300)
    func `random bytes never trap`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var exif = block([(0x10F, 7), (0x112, 3)], isLittle: seed % 2 == 0)
        exif.removeLast(Int.random(in: 0..<exif.count, using: &random))
        for index in exif.indices where index > 3 && Int.random(in: 0..<4, using: &random) == 0 {
            exif[index] = random.bytes(1)[0]
        }
        _ = ExifOrientation.read(from: exif)
        _ = ExifOrientation.setting(.left, in: exif)
    }
}
