import FormatKit
import Testing

@testable import ConvertKit

/// What comes from a process whose memory a codec may have overwritten is nothing to trust.
@Suite struct OutcomeWireTests {
    private let job = Job(input: Endpoint("in"), output: Endpoint("out"))

    private func report(_ members: String) -> String {
        #"{"input_format":"a","output_format":"b","width":1,"height":1,"input_layout":"x","#
            + #""output_layout":"y","output_width":1,"output_height":1,"input_pages":1,"pages":1,"#
            + #""turned":false,"input_bytes":9223372036854775807,"output_bytes":1,"losses":[]"#
            + members + "}"
    }

    private func outcome(
        _ body: String, status: String = "converted", seconds: String = "1"
    ) throws -> Outcome? {
        let text = #"{"status":"\#(status)","body":\#(body),"seconds":\#(seconds)}"#
        return Outcome(job: job, wire: try JSONValue(parsing: Array(text.utf8)))
    }

    @Test func `absurd times, shares and sizes are clamped`() throws {
        for (seconds, milliseconds) in [
            ("1e300", 1_000_000_000_000), ("-1e300", 0), ("0.5", 500),
        ] {
            let outcome = try outcome(report(""), seconds: seconds)
            #expect(outcome?.duration.milliseconds == milliseconds)
        }
        for (share, expected) in [("1e300", 1.0), ("-7", 0.0)] {
            let outcome = try outcome(report(#","good_row_share":\#(share)"#))
            #expect(outcome?.report?.goodRowShare == expected)
        }
        var tally = Tally()
        for _ in 0..<3 { tally.add(try #require(try outcome(report("")))) }
        #expect(tally.byteCounts.input == .max && tally.byteCounts.output == 3)
    }

    @Test(arguments: ["-1", "1e300"])
    func `progress is a part of one`(fraction: String) throws {
        let text = #"{"progress":\#(fraction),"detail":""}"#
        let message = WorkerMessage(json: try JSONValue(parsing: Array(text.utf8)))
        guard case .progress(let fraction, _) = message else {
            Issue.record("\(String(describing: message))")
            return
        }
        #expect((0...1).contains(fraction))
    }

    @Test(arguments: [
        "null", "{}", #"{"input_format":"a"}"#, "[]", "7",
    ])
    func `a report that lacks something is none`(body: String) throws {
        #expect(try outcome(body) == nil)
        #expect(try outcome(body, status: "planned") == nil)
    }

    @Test func `negative sizes are none`() throws {
        let text = report("").replacing(#""width":1"#, with: #""width":-1"#)
        #expect(try outcome(text) == nil)
    }

    @Test func `what was sent is what was meant`() throws {
        let plain = try #require(try outcome(report(#","good_row_share":0.25"#)))
        #expect(Outcome(job: job, wire: plain.wire) == plain)
    }

    @Test func `losses of joined inputs arrive with their inputs`() throws {
        var joined = job
        joined.further = [Endpoint("b"), Endpoint("c")]
        let losses: [Loss] = [
            .ofInput(1, .rows(2)), .ofInput(0, .color), .ofInput(2, .color), .timing,
        ]
        let failure = Failure(.lossRefused(losses), joining: joined.joinedNames)
        var sent = Outcome(job: joined, result: .failed(failure))
        sent.warnings = [ReportedWarning("odd", of: "b"), ReportedWarning("and 2 more warnings")]
        let found = try #require(Outcome(job: joined, wire: sent.wire))
        #expect(found == sent && found.failure?.losses.map(\.input) == ["b", "in", "c", nil])
        #expect(
            failure.message
                == "refused as lossy: b: 2 rows that the file does not have are made up; "
                + "in, c: color becomes gray; the timing of the frames is left out")
        #expect(
            failure.json["losses"]?.elements.first?.description
                == #"{"kind":"rows","description":"2 rows that the file does not have are made "#
                + #"up","input":"b"}"#)
        // Whoever does not know the names counts.
        #expect(
            ImageError.lossRefused(losses).description.hasPrefix("refused as lossy: file 2: 2 rows")
        )
    }

    @Test func `the same of many inputs is one line`() {
        let losses = (0..<11).map {
            ItemReport.ReportedLoss(.ofInput($0, .color), inputs: (0..<11).map { "\($0)" })
        }
        #expect(losses.lines == ["0, 1, 2, 3, 4, 5, 6, 7 and 3 more: color becomes gray"])
        #expect([ItemReport.ReportedLoss(.color)].lines == ["color becomes gray"])
        #expect([ItemReport.ReportedLoss]().lines.isEmpty)
    }
}
