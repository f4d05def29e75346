import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

/// Every state in which a kill can leave outputs and record, resumed with the same input or another.
@Suite final class KilledRunTests: BatchFixture {
    /// Where a run was killed.
    enum Moment: String, CaseIterable, Sendable {
        case beforeTheLine, beforeTheFirstName, betweenTheNames, afterTheNames, withinTheLastLine
    }

    private static let record = "out/.convert-record.jsonl"
    private static let names = ["out/x.1.toy", "out/x.toy"]

    private func write(value: UInt8) throws {
        try folder.write("in/x.scalable", ScalableFormat.file(value: value))
    }

    private func resume() throws -> ProgramStatus {
        var options = ConversionOptions()
        options.previewCount = 2
        return try run(folderRequest(), signal: { nil }, options: options) {
            $0.isResuming = true
        }
    }

    private var outputs: [[UInt8]?] { Self.names.map(folder.read) }

    /// Leaves what a run that replaces `old` is killed with; `old` may be nothing.
    private func kill(at moment: Moment, old: [[UInt8]?]) throws {
        let new = outputs
        let text = String(decoding: try #require(folder.read(Self.record)), as: UTF8.self)
        var lines = text.split(separator: "\n")
        #expect(lines.suffix(4).map { $0.contains("committing") } == [true, true, false, false])
        let last = lines.removeLast()
        var tail = ""
        switch moment {
        case .beforeTheLine: lines.removeLast(3)
        case .withinTheLastLine: tail = String(last.prefix(40))
        default: lines.removeLast()
        }
        try folder.write(
            Self.record, Array((lines.joined(separator: "\n") + "\n" + tail).utf8))
        let namedCount =
            switch moment {
            case .beforeTheLine, .beforeTheFirstName: 0
            case .betweenTheNames: 1
            case .afterTheNames, .withinTheLastLine: 2
            }
        for (index, name) in Self.names.enumerated() {
            let bytes = index < namedCount ? new[index] : old[index]
            try folder.remove(name)
            if let bytes { try folder.write(name, bytes) }
        }
    }

    @Test(arguments: Moment.allCases, [false, true])
    func `kill and changed input: goes on, whatever is there`(
        moment: Moment, isNew: Bool
    ) throws {
        for next in [1, 2, 3] as [UInt8] {
            let folders = ["in", "out"]
            for name in folder.files where folders.contains(where: name.hasPrefix) {
                try folder.remove(name)
            }
            var old: [[UInt8]?] = [nil, nil]
            if !isNew {
                try write(value: 1)
                #expect(try resume() == .success)
                old = outputs
            }
            try write(value: 2)
            #expect(try resume() == .success)
            try kill(at: moment, old: old)
            // The input is what it was before, what it was when the run was killed, or another.
            try write(value: next)
            #expect(try resume() == .success, "\(messages.text)")
            #expect(outputs.map { $0?.last } == [next, next])
            #expect(try resume() == .success)
            #expect(messages.text.hasSuffix("0 converted, 1 skipped\n"))
        }
    }

    @Test(arguments: Moment.allCases, [0, 1])
    func `kill and changed input: replaces no file of somebody else`(
        moment: Moment, place: Int
    ) throws {
        try write(value: 1)
        #expect(try resume() == .success)
        let old = outputs
        try write(value: 2)
        #expect(try resume() == .success)
        try kill(at: moment, old: old)
        // As long as ours.
        let theirs = Array(try #require(old[place]).dropLast() + [99])
        let name = Self.names[place]
        try folder.remove(name)
        try folder.write(name, theirs)
        let other = folder.read(Self.names[1 - place])
        try write(value: 3)
        #expect(try resume() == .failure)
        #expect(folder.read(name) == theirs)
        #expect(folder.read(Self.names[1 - place]) == other)
    }

    @Test func `two kills in a row leave nothing that is not known`() throws {
        try write(value: 1)
        #expect(try resume() == .success)
        let old = outputs
        for value in [2, 3] as [UInt8] {
            try write(value: value)
            #expect(try resume() == .success)
            try kill(at: .beforeTheFirstName, old: old)
        }
        try write(value: 4)
        #expect(try resume() == .success)
        #expect(outputs.map { $0?.last } == [4, 4])
    }
}
