internal import ConvertKit
internal import FormatKit

/// What a call gives: memory that lives until the caller frees it.
final class CallResult {
    private let file: CBytes?
    private let jsonText: CText
    private let lossTexts: [CText]
    private let warningTexts: [CText]

    /// Creates a result.
    ///
    /// - Parameters:
    ///   - json: What happened.
    ///   - losses: What was lost, a line each.
    ///   - warnings: What was odd, a line each.
    ///   - bytes: A file in memory.
    init(json: JSONValue, losses: [String] = [], warnings: [String] = [], bytes: [UInt8]? = nil) {
        jsonText = CText(json.description)
        lossTexts = losses.map(CText.init)
        warningTexts = warnings.map(CText.init)
        file = bytes.map(CBytes.init)
    }

    /// The result of a conversion.
    convenience init(
        _ report: Converter.Report, isSalvaged: Bool, warnings: [String], bytes: [UInt8]? = nil
    ) {
        let item = ItemReport(report, isSalvaged: isSalvaged)
        self.init(
            json: item.json + ["warnings": .array(warnings.map(JSONValue.string))],
            losses: item.losses.map(\.description), warnings: warnings, bytes: bytes)
    }

    /// The file, if it is in memory.
    @unsafe var bytes: UnsafeRawBufferPointer? { unsafe file?.all }
    /// What happened.
    @unsafe var json: UnsafePointer<CChar>? { unsafe jsonText.start }
    /// How many things were lost.
    var lossCount: Int { lossTexts.count }
    /// How many things were odd.
    var warningCount: Int { warningTexts.count }

    /// What was lost.
    @unsafe func loss(_ index: Int) -> UnsafePointer<CChar>? {
        lossTexts.indices.contains(index) ? unsafe lossTexts[index].start : nil
    }

    /// What was odd.
    @unsafe func warning(_ index: Int) -> UnsafePointer<CChar>? {
        warningTexts.indices.contains(index) ? unsafe warningTexts[index].start : nil
    }
}
