import FormatFiles
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct JobListTests {
    @Test(arguments: [3, 4000])
    func `keeps all of a job, however many there are`(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let jobs = (0..<count).map { index in
            let names = (0..<2).map { _ in
                let length = Int.random(in: 0..<300, using: &random)
                return Path(
                    bytes: (0..<length).map { _ in UInt8.random(in: 1...255, using: &random) })
            }
            return Job(
                input: index % 5 == 0 ? .standard : .file(names[0]),
                output: index % 7 == 0 ? .standard : .file(names[1]),
                page: index % 3 == 0 ? index << 40 : nil)
        }
        var list = JobList()
        for job in jobs { list.append(job) }
        #expect(list.count == count && Array(list) == jobs)
    }

    @Test func `gives jobs their previews and what follows them`() {
        var list = JobList()
        list.append(Job(input: Endpoint("a"), output: Endpoint("b.x")))
        list.previewCount = 3
        list.further = [Endpoint("c")]
        #expect(list[0].outputPaths == ["b.1.x", "b.2.x", "b.x"])
        #expect(list[0].inputs == [Endpoint("a"), Endpoint("c")])
    }
}
