internal import CProcessArguments
package import FormatFiles

/// The arguments of this process, without the program's name.
package enum ProcessArguments {
    /// The arguments as ``ArgumentText``.
    package static var all: [String] {
        let count = Int(process_argument_count())
        guard count > 0 else { return Array(CommandLine.arguments.dropFirst()) }
        return (1..<max(1, count)).compactMap { index in
            guard var byte = unsafe process_argument(Int32(index)) else { return nil }
            var bytes: [UInt8] = []
            while unsafe byte.pointee != 0 {
                unsafe bytes.append(UInt8(bitPattern: byte.pointee))
                unsafe byte += 1
            }
            return ArgumentText.text(bytes)
        }
    }

    /// The path by which this program was started, where the system tells.
    static var executablePath: String? {
        unsafe process_executable_path().map { unsafe String(cString: $0) }
    }
}

/// Arguments as texts from which their bytes can be had back.
///
/// The parser of the command line takes only texts, but the names of files need not be UTF-8. Bytes
/// that are none become scalars of a private plane, from U+10F780 on, as do those of such scalars.
enum ArgumentText {
    private static let base: UInt32 = 0x10F700
    private static let range = (base + 0x80)...(base + 0xFF)

    /// The text for an argument.
    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { range.contains($0.value) })
        {
            return text
        }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while let byte = rest.first {
            let scalar = (1...4).lazy.compactMap { count -> Unicode.Scalar? in
                guard count <= rest.count else { return nil }
                let text = String(validating: rest.prefix(count), as: UTF8.self)
                return text.flatMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil }
            }.first
            if let scalar, !range.contains(scalar.value) {
                scalars.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                if let escaped = Unicode.Scalar(base + UInt32(byte)) { scalars.append(escaped) }
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    /// The bytes of an argument.
    static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            range.contains(scalar.value)
                ? [UInt8(scalar.value - base)] : Array(String(Character(scalar)).utf8)
        }
    }
}

extension Path {
    /// The path that an argument of the command line names.
    package init(argument: String) {
        self.init(bytes: ArgumentText.bytes(argument))
    }
}
