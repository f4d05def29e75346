import BuiltInFormats
import CImgconv
import FormatKit
import Synchronization
import TestSupport
import Testing

/// Damage, limits, mistakes and wishes to stop end calls with a status and words.
@Suite struct FailureTests {
    private static let picture = TestImages.picture(width: 40, height: 30)

    private static func png() throws -> [UInt8] {
        let plugin = try #require(try BuiltInFormats.makeRegistry().plugin(named: "png"))
        return try TestImages.encoded(picture, as: plugin)
    }

    @Test func `every prefix of a file is an error`() throws {
        let png = try Self.png()
        let statuses = [IMGCONV_TRUNCATED, IMGCONV_MALFORMED, IMGCONV_UNRECOGNIZED].map(\.rawValue)
        for count in stride(from: 0, to: png.count - 12, by: 7) {
            let input = Library.Input.bytes(Array(png.prefix(count)))
            let answer = Library.convert(input, format: "qoi")
            #expect(statuses.contains(answer.status.rawValue), "\(count): \(answer.message)")
            #expect(answer.bytes == nil && !answer.message.isEmpty)
        }
    }

    @Test(arguments: [
        (Array("GIF89a".utf8), IMGCONV_TRUNCATED.rawValue), ([], IMGCONV_UNRECOGNIZED.rawValue),
        (Array("no picture".utf8), IMGCONV_UNRECOGNIZED.rawValue),
        (Array("samples in memory".utf8), IMGCONV_UNRECOGNIZED.rawValue),
        (Array("%PDF-1.7".utf8), IMGCONV_UNSUPPORTED.rawValue),
    ])
    func `bytes that are no picture are refused`(bytes: [UInt8], status: UInt32) {
        for answer in [
            Library.convert(.bytes(bytes), format: "png"), Library.inspect(.bytes(bytes)),
            unsafe Library.open(.bytes(bytes)).answer,
        ] {
            #expect(answer.status.rawValue == status, "\(answer.message)")
        }
    }

    @Test func `an error says where the file is wrong`() throws {
        let damaged = Array(try Self.png().prefix(20))
        let answer = Library.inspect(.bytes(damaged))
        #expect(answer.offset <= 20 && answer.message.contains("png"), "\(answer.message)")
    }

    @Test func `files that cannot be read or written are errors of the system`() throws {
        let folder = try TemporaryFolder()
        let input = try folder.write("in.png", try Self.png())
        let missing = Library.convert(.path(folder("none.png")), format: "qoi")
        #expect(missing.status == IMGCONV_IO && missing.systemError == 2 && !missing.mayPass)
        let nowhere = Library.convert(.path(input), to: folder("none/out.qoi"))
        #expect(nowhere.status == IMGCONV_IO && nowhere.systemError == 2)
        let target = try folder.write("out.qoi", [1, 2, 3])
        let exists = Library.convert(.path(input), to: target)
        #expect(exists.status == IMGCONV_OUTPUT_EXISTS && folder.read("out.qoi") == [1, 2, 3])
        let replaced = Library.convert(.path(input), to: target, Library.Settings("overwrite"))
        #expect(
            replaced.status == IMGCONV_OK
                && folder.read("out.qoi")?.starts(with: "qoif".utf8) == true)
    }

    @Test(arguments: [
        ("out.nothing", nil, "unknown extension"), ("out", nil, "no extension"),
        ("out.heic", nil, "can only be read"), ("out.png", "nothing", "unknown format"),
        ("out.png", "pixels", "unknown format"),
    ])
    func `formats that are not written are refused`(
        name: String, format: String?, words: String
    ) throws {
        let folder = try TemporaryFolder()
        let answer = Library.convert(.image(Self.picture), to: folder(name), format: format)
        #expect(answer.status == IMGCONV_INVALID_OPTION && answer.message.contains(words))
        #expect(folder.files.isEmpty)
    }

    @Test(arguments: [
        ("png.nothing=1", "unknown"), ("webp.method=3", "the output is png"),
        ("effort=10", "--effort"),
        ("target-size=1K", ""),
    ])
    func `options that are not the format's are refused`(options: String, words: String) {
        let answer = Library.convert(
            .image(Self.picture), format: "png", Library.Settings(options))
        #expect(answer.status == IMGCONV_INVALID_OPTION, "\(answer.message)")
        #expect(answer.message.contains(words), "\(answer.message)")
    }

    @Test func `limits of the program hold whatever the options say`() throws {
        let png = try Self.png()
        var settings = Library.Settings("max-pixels=1G max-memory=64G")
        settings.maxPixels = 1199
        for input in [Library.Input.bytes(png), .image(Self.picture)] {
            for answer in [
                Library.convert(input, format: "png", settings), Library.inspect(input, settings),
                unsafe Library.open(input, settings).answer,
            ] {
                #expect(answer.status == IMGCONV_LIMIT_EXCEEDED, "\(answer.message)")
            }
        }
        settings.maxPixels = 1200
        #expect(Library.convert(.bytes(png), format: "png", settings).status == IMGCONV_OK)
        settings.maxMemory = 1000
        #expect(
            Library.convert(.bytes(png), format: "webp", settings).status == IMGCONV_LIMIT_EXCEEDED)
        let lower = Library.convert(
            .bytes(png), format: "png", Library.Settings("max-pixels=1199"))
        #expect(lower.status == IMGCONV_LIMIT_EXCEEDED)
        #expect(lower.message.hasPrefix("limit exceeded: 1200 pixels, allowed 1199"))
    }

    /// Counts calls, and says at one of them that the work is to stop.
    private final class Stop: Sendable {
        let count = Atomic(0)
        let last: Int

        init(at last: Int) { self.last = last }

        func next() -> Int32 {
            count.add(1, ordering: .sequentiallyConsistent).newValue >= last ? 1 : 0
        }

        static func at(_ user: UnsafeMutableRawPointer?) -> Stop? {
            unsafe user.map { unsafe Unmanaged<Stop>.fromOpaque($0).takeUnretainedValue() }
        }
    }

    @Test(arguments: [true, false], [1, 3])
    func `a callback stops the work`(isProgress: Bool, last: Int) throws {
        let folder = try TemporaryFolder()
        let stop = Stop(at: last)
        var settings = Library.Settings("effort=1")
        unsafe settings.user = Unmanaged.passUnretained(stop).toOpaque()
        if isProgress {
            unsafe settings.progress = { user, fraction, detail in
                let isSound = unsafe (0...1).contains(fraction) && detail != nil
                return isSound ? unsafe Stop.at(user)?.next() ?? 0 : 0
            }
        } else {
            unsafe settings.isCancelled = { unsafe Stop.at($0)?.next() ?? 0 }
        }
        let answer = Library.convert(
            .image(TestImages.picture(width: 96, height: 96)), to: folder("out.coin"), settings)
        #expect(answer.status == IMGCONV_CANCELLED && answer.message == "cancelled")
        #expect(stop.count.load(ordering: .sequentiallyConsistent) == last)
        #expect(folder.files.isEmpty)
    }

    @Test func `mistakes of the program are told`() throws {
        let folder = try TemporaryFolder()
        var error = imgconv_error()
        error.size = UInt32(MemoryLayout<imgconv_error>.size)
        #expect(unsafe imgconv_convert(nil, nil, nil, nil, &error) == IMGCONV_INVALID_ARGUMENT)
        #expect(error.status == IMGCONV_INVALID_ARGUMENT && error.offset == .max)
        #expect(imgconv_convert(nil, nil, nil, nil, nil) == IMGCONV_INVALID_ARGUMENT)
        #expect(unsafe imgconv_convert_file(nil, "a", nil, nil) == IMGCONV_INVALID_ARGUMENT)
        #expect(imgconv_open(nil, nil, nil, nil) == IMGCONV_INVALID_ARGUMENT)
        #expect(imgconv_get_image_info(nil, nil) == IMGCONV_INVALID_ARGUMENT)
        #expect(imgconv_decode(nil, 0, 0, nil, 0, 0, nil, nil) == IMGCONV_INVALID_ARGUMENT)
        #expect(unsafe imgconv_result_json(nil) == nil)
        #expect(unsafe imgconv_result_bytes(nil, nil) == nil)
        #expect(unsafe imgconv_result_loss(nil, 0) == nil)
        #expect(imgconv_result_loss_count(nil) == 0 && imgconv_result_warning_count(nil) == 0)
        imgconv_close(nil)
        imgconv_result_free(nil)
        #expect(Library.convert(.image(Self.picture)).status == IMGCONV_INVALID_ARGUMENT)
        var source = unsafe imgconv_source()
        unsafe source.size = 4
        #expect(unsafe imgconv_inspect(&source, nil, nil, &error) == IMGCONV_INVALID_ARGUMENT)
        unsafe source.size = UInt32(MemoryLayout<imgconv_source>.size)
        #expect(unsafe imgconv_inspect(&source, nil, nil, &error) == IMGCONV_INVALID_ARGUMENT)
        var small = imgconv_error()
        small.size = 8
        small.may_pass = 7
        #expect(unsafe imgconv_inspect(&source, nil, nil, &small) == IMGCONV_INVALID_ARGUMENT)
        #expect(small.may_pass == 7)
        let path = folder("a.png")
        #expect(unsafe imgconv_convert_file(path, path, "overwrite", &error) == IMGCONV_IO)
    }

    @Test(arguments: [
        (0, 5, 3, 8, 0), (5, 0, 3, 8, 0), (5, 5, 0, 8, 0), (5, 5, 5, 8, 0), (5, 5, 3, 10, 0),
        (5, 5, 3, 8, 14), (5, 5, 3, 8, -1), (5, 5, 3, 8, Int.max / 2),
    ])
    func `samples that cannot be are refused`(
        width: UInt32, height: UInt32, channels: UInt32, depth: UInt32, stride: Int
    ) {
        let memory = [UInt8](repeating: 0, count: 75)
        let status = unsafe memory.withUnsafeBytes { buffer in
            var pixels = unsafe imgconv_pixels()
            unsafe pixels.size = UInt32(MemoryLayout<imgconv_pixels>.size)
            unsafe (pixels.width, pixels.height) = (width, height)
            unsafe (pixels.channels, pixels.bit_depth) = (channels, depth)
            unsafe (pixels.samples, pixels.stride) = (buffer.baseAddress, stride)
            return unsafe withUnsafePointer(to: &pixels) { pixels in
                var source = unsafe imgconv_source()
                unsafe source.size = UInt32(MemoryLayout<imgconv_source>.size)
                unsafe source.pixels = pixels
                return unsafe imgconv_inspect(&source, nil, nil, nil)
            }
        }
        #expect(status == IMGCONV_INVALID_ARGUMENT)
    }

    @Test func `a message keeps whole characters`() {
        let options = "x" + String(repeating: "é", count: 600)
        let answer = Library.convert(.image(Self.picture), format: "png", Library.Settings(options))
        #expect(answer.message.hasPrefix("unknown option xé"))
        #expect(answer.message.allSatisfy { $0 != "\u{FFFD}" } && answer.message.utf8.count > 508)
    }

    @Test func `every status has words of its own`() {
        let texts = (0...18).compactMap { number in
            unsafe imgconv_status_text(imgconv_status(rawValue: number))
                .map { unsafe String(cString: $0) }
        }
        #expect(Set(texts).count == 19 && texts.last == "unknown status")
        #expect(imgconv_version() == 200)
    }
}
