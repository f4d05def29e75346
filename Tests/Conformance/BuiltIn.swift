import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// The built-in formats as the tests of the command line use them.
enum BuiltIn {
    static let registry: FormatRegistry = {
        do {
            return try BuiltInFormats.makeRegistry()
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// Formats in which RGB of 8 bits can be read and written without loss.
    static let lossless = registry.descriptors.filter {
        $0.read != nil
            && $0.write.map {
                [.always, .optional].contains($0.losslessness)
                    && $0.layouts.contains(PixelLayout(.rgb, .uint8))
            } == true
    }.map(\.id.rawValue)

    /// One format that can be read and written without loss, to test what is alike for all.
    static let any = lossless[0]

    /// A picture in a file of a format.
    static func file(
        _ format: String, width: Int = 40, height: Int = 30,
        layout: PixelLayout = PixelLayout(.rgb, .uint8)
    ) throws -> [UInt8] {
        let plugin = try #require(registry.plugin(named: format))
        return try TestImages.encoded(
            TestImages.picture(width: width, height: height, layout: layout), as: plugin,
            settings: WriteSettings(isLossless: true))
    }
}

extension ConvertTool.Run {
    /// Expects a failure with one line about `subject`, and nothing on standard output.
    func expectFailure(
        about subject: String, _ status: Int32 = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, sourceLocation: sourceLocation)
        #expect(errorLines.count == 1, "\(errors)", sourceLocation: sourceLocation)
        #expect(
            errors.hasPrefix("convert: \(subject): "), "\(errors)", sourceLocation: sourceLocation)
        #expect(output.isEmpty, sourceLocation: sourceLocation)
    }
}
