import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

/// Jobs that are gone through several times to divide them.
@Suite struct DivisionTests {
    /// Jobs of which there are as many as is said for each time that they are gone through.
    private final class ChangingJobs: JobSource {
        private let plan: BatchPlan
        private var counts: [Int]

        init(_ plan: BatchPlan, _ counts: [Int]) {
            self.plan = plan
            self.counts = counts
        }

        func forEach(
            where isWanted: (Int) -> Bool,
            _ body: (Job, BatchPlan.Origin?) throws(CommandError) -> Void
        ) throws(CommandError) {
            for number in 0..<counts.removeFirst() where isWanted(number) {
                try body(plan.job(Path("\(number).toy"), in: "", page: nil), nil)
            }
        }
    }

    private func plan(
        _ counts: [Int], by basis: Shard.Basis, number: Int = 1
    ) throws -> BatchPlan {
        let format = try OutputFormat(named: "toy", registry: FormatRegistry([ToyFormat()]))
        let empty = BatchPlan(format: format, root: "out")
        var shard = try #require(Shard(number: number, of: 1))
        shard.basis = basis
        let request = ConversionRequest(["in", "out"], formatName: "toy")
        return try Division(
            request: request, jobs: ChangingJobs(empty, counts), empty: empty
        ).plan(of: shard)
    }

    @Test func `has all jobs of a list that stays, or grows`() throws {
        #expect(try plan([9, 9], by: .count).jobs.count == 9)
        #expect(try plan([9, 9, 9], by: .cost).jobs.count == 9)
        // What has come later is another list.
        #expect(try plan([9, 12], by: .count).jobs.count == 9)
    }

    @Test(arguments: [
        ([9, 8], Shard.Basis.count), ([9, 8, 8], .cost), ([9, 9, 8], .cost), ([8, 9, 9], .cost),
    ])
    func `does not begin with a list that has changed`(counts: [Int], basis: Shard.Basis) {
        let error = #expect(throws: CommandError.self) { try plan(counts, by: basis) }
        #expect(error?.message.contains("the list has changed while it was read") == true)
    }
}

/// Outputs that may be one, or an input.
@Suite struct CollisionFinderTests {
    private func suspects(_ jobs: [(String, String)]) -> Suspects {
        var finder = CollisionFinder(mindsInputs: true, followsLinks: false)
        for job in jobs { finder.add(self.job(job)) }
        return finder.takeSuspects()
    }

    private func job(_ names: (String, String)) -> Job {
        Job(input: .file(Path(names.0)), output: .file(Path(names.1)))
    }

    @Test func `files that are replaced one by one take no memory`() throws {
        #expect(suspects((0..<9).map { ("\($0)", "\($0)") }).isEmpty)
    }

    @Test(arguments: [
        [("a", "b"), ("b", "b")], [("b", "b"), ("a", "b")], [("a", "b"), ("b", "a")],
        [("a", "b"), ("b", "c")], [("a", "c"), ("b", "c")],
    ])
    func `an input of another job is not replaced`(jobs: [(String, String)]) throws {
        var suspects = suspects(jobs)
        for job in jobs { suspects.look(at: self.job(job), job.0) }
        #expect(throws: CommandError.self) { try suspects.check(verb: "converted", hint: "") }
    }
}
