import CShimKit
import ShimKit
import Testing

@Suite struct ShimReportTests {
    /// The owner of a report.
    @safe private final class Owner: ShimReporter {
        let memory = UnsafeMutablePointer<shim_report>.allocate(capacity: 1)

        init() { unsafe memory.initialize(to: shim_report()) }

        deinit { unsafe memory.deallocate() }

        var report: UnsafePointer<shim_report> { unsafe UnsafePointer(memory) }
    }

    @Test func `an empty report has no warning and no error with a name`() {
        let owner = Owner()
        #expect(!owner.hasMessage)
        #expect(owner.message == "an error without a name")
        #expect(owner.warningCount == 0)
        #expect(owner.warning(at: 0) == nil)
    }

    @Test func `the last failure counts`() {
        let owner = Owner()
        #expect(unsafe shim_report_fail(owner.memory, .malformed, "first") == .malformed)
        #expect(unsafe shim_report_fail(owner.memory, .unsupported, "second") == .unsupported)
        #expect(unsafe owner.report.pointee.status == .unsupported)
        #expect(owner.hasMessage)
        #expect(owner.message == "second")
        #expect(unsafe shim_report_fail(owner.memory, .failed, nil) == .failed)
        #expect(owner.message == "an error without a name")
    }

    @Test func `the first complaint counts`() {
        let owner = Owner()
        unsafe shim_report_complain(owner.memory, "first")
        unsafe shim_report_complain(owner.memory, "second")
        #expect(owner.message == "first")
    }

    @Test func `the first warnings are kept and the others counted`() {
        let owner = Owner()
        let capacity = Int(SHIM_WARNING_CAPACITY)
        for index in 0..<capacity + 3 { unsafe shim_report_warn(owner.memory, "warning \(index)") }
        #expect(owner.warningCount == capacity + 3)
        let kept = (0..<capacity).map { "warning \($0)" }
        #expect((0..<capacity + 4).map(owner.warning) == kept + [nil, nil, nil, nil])
        #expect(owner.message == "an error without a name")
    }

    @Test func `a warning may be written in place`() {
        let owner = Owner()
        for index in 0..<Int(SHIM_WARNING_CAPACITY) {
            let room = unsafe shim_report_next_warning(owner.memory)
            unsafe room?.pointee = CChar(UInt8(ascii: "a")) + CChar(index)
        }
        #expect(unsafe shim_report_next_warning(owner.memory) == nil)
        #expect(owner.warning(at: 0) == "a")
        #expect(owner.warning(at: 7) == "h")
    }

    @Test(arguments: [
        ("of one line", "of one line"), ("one\ntwo", "one"), ("one\r\n", "one"), ("\n", ""),
    ])
    func `a text is its first line`(text: String, line: String) {
        let owner = Owner()
        unsafe shim_report_warn(owner.memory, text)
        #expect(owner.warning(at: 0) == line)
    }

    /// Characters of one to four bytes, and how many there is room for in so many bytes.
    @Test(
        arguments: ["a", "é", "€", "🖼"],
        [Int(SHIM_MESSAGE_CAPACITY), Int(SHIM_WARNING_TEXT_CAPACITY)])
    func `a text that is too long is cut between characters`(character: String, capacity: Int) {
        let owner = Owner()
        let size = character.utf8.count
        // With each number of bytes in front, so that every place within a character is the last.
        for lead in 0..<size {
            let start = String(repeating: ".", count: lead)
            let text = start + String(repeating: character, count: capacity)
            let kept = start + String(repeating: character, count: (capacity - 1 - lead) / size)
            if capacity == Int(SHIM_MESSAGE_CAPACITY) {
                _ = unsafe shim_report_fail(owner.memory, .failed, text)
                #expect(owner.message == kept)
            } else {
                unsafe shim_report_warn(owner.memory, text)
                #expect(owner.warning(at: lead) == kept)
            }
        }
    }

    @Test func `a text that just fits is whole`() {
        let owner = Owner()
        let text = String(repeating: "x", count: Int(SHIM_MESSAGE_CAPACITY) - 1)
        _ = unsafe shim_report_fail(owner.memory, .failed, text)
        #expect(owner.message == text)
        // What is next in memory is untouched.
        #expect(owner.warningCount == 0)
    }
}
