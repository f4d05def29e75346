// Sun raster files, as a plugin: gray and RGB of 8 bits, not compressed.
//
//     swiftc -O -emit-library -import-objc-header DIR/format_plugin.h sunraster.swift -o sunraster.so

/// Eight numbers of 32 bits, the highest byte first: magic, width, height, bits of a pixel, bytes of
/// all rows, type, kind and bytes of a color map.
private let headByteCount = 32
private let magic: UInt32 = 0x59A6_6A95
/// Rows of the common types end at an even byte; a pixel is blue, green, red but in the type "RGB".
private let (standardType, rgbType): (UInt32, UInt32) = (1, 3)

/// What a function of the table throws, to be told to the host.
private struct Fault: Error {
    let status: format_status
    let offset: Int64
    let reason: String
}

/// One file that is read or written.
private final class Raster {
    let host: format_host
    let width: Int
    let channelCount: Int
    let type: UInt32
    var offset = UInt64(headByteCount)

    var rowByteCount: Int { width * channelCount }
    var paddedByteCount: Int { (rowByteCount + 1) / 2 * 2 }

    init(_ host: format_host, width: UInt32, channelCount: Int, type: UInt32) {
        (self.host, self.width, self.type) = (host, Int(width), type)
        self.channelCount = channelCount
    }

    /// Opens a file and says what is in it.
    static func reading(_ host: format_host, _ image: inout format_image) throws -> Raster {
        let head = try bytes(host, at: 0, count: headByteCount)
        let words = stride(from: 0, to: headByteCount, by: 4).map { start in
            head[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        let (depth, type, mapByteCount) = (words[3], words[5], words[7])
        guard words[1] > 0, words[2] > 0, words[1] <= Int32.max, words[2] <= Int32.max else {
            throw Fault(status: FORMAT_MALFORMED, offset: 4, reason: "it has no size")
        }
        guard depth == 8 || depth == 24, mapByteCount == 0, type <= 1 || type == rgbType else {
            throw Fault(
                status: FORMAT_UNSUPPORTED, offset: 12,
                reason: "\(depth) bits a pixel, type \(type), a color map of \(mapByteCount) bytes")
        }
        image.width = words[1]
        image.height = words[2]
        image.layout = format_layout(channels: depth == 8 ? 1 : 3, bits: 8)
        return Raster(host, width: words[1], channelCount: Int(depth) / 8, type: type)
    }

    /// Starts a file.
    static func writing(_ host: format_host, _ image: format_image) throws -> Raster {
        let raster = Raster(
            host, width: image.width, channelCount: Int(image.layout.channels), type: standardType)
        let byteCount = raster.paddedByteCount * Int(image.height)
        let words = [
            magic, image.width, image.height, UInt32(raster.channelCount * 8),
            UInt32(truncatingIfNeeded: byteCount), raster.type, 0, 0,
        ]
        try raster.put(words.flatMap { word in [24, 16, 8, 0].map { UInt8(word >> $0 & 0xFF) } })
        return raster
    }

    func read(into rows: UnsafeMutableRawPointer, count: Int) throws {
        for row in 0..<count {
            let bytes = try Self.bytes(host, at: offset, count: paddedByteCount)
            let start = row * rowByteCount
            for place in 0..<rowByteCount {
                rows.storeBytes(of: bytes[source(place)], toByteOffset: start + place, as: UInt8.self)
            }
            offset += UInt64(paddedByteCount)
        }
    }

    func write(_ rows: UnsafeRawPointer, count: Int) throws {
        var bytes = [UInt8](repeating: 0, count: paddedByteCount)
        for row in 0..<count {
            for place in 0..<rowByteCount {
                bytes[source(place)] = rows.load(
                    fromByteOffset: row * rowByteCount + place, as: UInt8.self)
            }
            try put(bytes)
        }
    }

    /// Where a sample lies in a row of the file.
    private func source(_ place: Int) -> Int {
        guard channelCount == 3, type != rgbType else { return place }
        return place + [2, 0, -2][place % 3]
    }

    private func put(_ bytes: [UInt8]) throws {
        let isWritten = bytes.withUnsafeBytes { host.write(host.context, $0.baseAddress, $0.count) }
        guard isWritten != 0 else { throw Fault(status: FORMAT_IO, offset: -1, reason: "") }
    }

    private static func bytes(
        _ host: format_host, at offset: UInt64, count: Int
    ) throws -> [UInt8] {
        // Before memory is taken: rows that the file cannot hold.
        guard offset + UInt64(count) <= host.input_size else {
            throw Fault(
                status: FORMAT_TRUNCATED, offset: Int64(host.input_size), reason: "rows are missing")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        let readCount = bytes.withUnsafeMutableBytes {
            host.read(host.context, offset, $0.baseAddress, count)
        }
        guard readCount == count else { throw Fault(status: FORMAT_IO, offset: -1, reason: "") }
        return bytes
    }
}

/// Runs the body of a function of the table.
private func status(_ host: format_host, _ body: () throws -> Void) -> format_status {
    do {
        try body()
        return FORMAT_OK
    } catch let fault as Fault {
        host.fail(host.context, fault.offset, fault.reason)
        return fault.status
    } catch {
        return FORMAT_FAILURE
    }
}

private func raster(_ pointer: UnsafeMutableRawPointer?) -> Raster {
    Unmanaged<Raster>.fromOpaque(pointer!).takeUnretainedValue()
}

/// Memory that is never freed: the table lives as long as the process.
private func kept<T>(_ values: [T]) -> UnsafePointer<T> {
    let memory = UnsafeMutableBufferPointer<T>.allocate(capacity: values.count)
    _ = memory.initialize(from: values)
    return UnsafePointer(memory.baseAddress!)
}

private func text(_ string: String) -> UnsafePointer<CChar>? { kept(Array(string.utf8CString)) }

private func makeTable() -> format_plugin {
    var table = format_plugin()
    table.size = MemoryLayout<format_plugin>.size
    table.version = UInt32(FORMAT_PLUGIN_VERSION)
    table.id = text("com.sun.raster")
    table.name = text("Sun raster")
    table.library = text("no library")
    table.extensions = kept([text("ras"), text("sun"), nil])
    table.media_types = kept([text("image/x-sun-raster"), nil])
    let pattern = kept([0x59, 0xA6, 0x6A, 0x95] as [UInt8])
    table.signatures = kept([format_signature(offset: 0, count: 4, bytes: pattern, mask: nil)])
    table.signature_count = 1
    table.open = { host, image, reader in
        status(host!.pointee) {
            let raster = try Raster.reading(host!.pointee, &image!.pointee)
            reader!.pointee = Unmanaged.passRetained(raster).toOpaque()
        }
    }
    table.read_rows = { reader, rows, count in
        status(raster(reader).host) { try raster(reader).read(into: rows!, count: Int(count)) }
    }
    table.layouts = kept([
        format_layout(channels: 1, bits: 8), format_layout(channels: 3, bits: 8),
    ])
    table.layout_count = 2
    table.largest_side = UInt32(Int32.max)
    table.losslessness = FORMAT_ALWAYS_LOSSLESS
    table.default_quality = -1
    table.create = { host, image, _, writer in
        status(host!.pointee) {
            let raster = try Raster.writing(host!.pointee, image!.pointee)
            writer!.pointee = Unmanaged.passRetained(raster).toOpaque()
        }
    }
    table.write_rows = { writer, rows, count in
        status(raster(writer).host) { try raster(writer).write(rows!, count: Int(count)) }
    }
    table.finish = { _ in FORMAT_OK }
    return table
}

@_cdecl("format_plugin_table")
public func formatPluginTable() -> UnsafePointer<format_plugin> { kept([makeTable()]) }
