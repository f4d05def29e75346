import FormatKit
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ConvertKit

/// Workers that are shell scripts.
@Suite(.timeLimit(.minutes(30))) struct IsolatedExecutorTests {
    private let gate = MemoryGate(budget: 100)
    private let item = Item(Job(input: Endpoint("none/in"), output: Endpoint("none/out")))

    private func run(
        _ script: String, timeLimit: Duration? = nil,
        signal: @escaping @Sendable () -> Int32? = { nil }
    ) -> Outcome {
        let launcher = WorkerLauncher(command: ["/bin/bash", "-c", script], arguments: ["x"])
        let executor = IsolatedExecutor(
            launcher, threadCount: 1, timeLimit: timeLimit, signal: signal)
        defer { executor.finish() }
        return executor.perform(item, gate: gate, committing: { _ in }) { _ in }
    }

    private let answer = #"echo '{"end":{"status":"skipped","body":"exists","seconds":1.5}}'"#

    @Test func `hears what a worker says`() {
        let outcome = run(
            #"read start; read item; echo '{"progress":0.5,"detail":"x"}'; echo '{"need":7}'; "#
                + #"read go; [ "$go" = '{"go":true}' ] && "# + answer)
        #expect(outcome.result == .skipped(.exists))
        #expect(outcome.duration == .seconds(1.5) && outcome.job == item.job)
    }

    @Test func `serves several items, and replaces a worker that has gone`() {
        let launcher = WorkerLauncher(
            command: [
                "/bin/bash", "-c", "read start; for i in 1 2; do read item; \(answer); done",
            ],
            arguments: [])
        let executor = IsolatedExecutor(
            launcher, threadCount: 1, timeLimit: nil, signal: { nil })
        let kinds = (0..<4).map { _ in
            executor.perform(item, gate: gate, committing: { _ in }) { _ in }.failure?.kind
        }
        executor.finish()
        #expect(kinds == [nil, nil, "crash", nil])
    }

    @Test(
        arguments: [
            ("kill -SEGV $$", "crash", .permanent), ("kill -KILL $$", "killed", .retryable),
            ("exit 3", "crash", .permanent), ("echo nonsense; sleep 100", "crash", .permanent),
            ("exec cat /dev/zero", "crash", .permanent),
            (#"echo '{"unfit":"it is too late"}'; exit 2"#, "worker", .permanent),
        ] as [(String, String, Failure.Disposition)])
    func `reports a worker that ends`(
        script: String, kind: String, disposition: Failure.Disposition
    ) {
        let failure = run("read start; read item; " + script).failure
        #expect(failure?.kind == kind && failure?.disposition == disposition)
    }

    @Test func `ends a worker that takes too long`() {
        let failure = run("read start; exec sleep 100", timeLimit: .milliseconds(200)).failure
        #expect(failure?.kind == "deadline" && failure?.disposition == .retryable)
        #expect(failure?.message.contains("more than 0.2 s; --timeout") == true)
    }

    @Test func `asks a worker to stop`() {
        let outcome = run(
            #"read start; read item; read stop; [ "$stop" = '{"stop":15}' ] && "#
                + #"echo '{"end":{"status":"failed","body":{"kind":"cancelled","#
                + #""message":"cancelled","disposition":"cancelled"}}}'"#,
            signal: { 15 })
        #expect(outcome.failure?.disposition == .cancelled)
    }

    @Test(
        arguments: [
            #"echo '{"end":{"status":"failed","body":{"kind":"cancelled","#
                + #""message":"cancelled","disposition":"cancelled"}}}'"#,
            "kill -TERM $$",
        ])
    func `a signal to all may reach a worker first`(end: String) throws {
        let folder = try TemporaryFolder()
        let marker = folder.path + "/marker"
        let lookCount = Atomic(0)
        let outcome = run("read start; read item; : >'\(marker)'; \(end); sleep 1") {
            guard FileManager.default.fileExists(atPath: marker) else { return nil }
            return lookCount.add(1, ordering: .relaxed).newValue > 2 ? 15 : nil
        }
        #expect(outcome.failure?.disposition == .cancelled)
    }

    @Test func `reports that no worker can be started`() {
        let executor = IsolatedExecutor(
            WorkerLauncher(command: ["/no/such/program"], arguments: []), threadCount: 1,
            timeLimit: nil, signal: { nil })
        #expect(
            executor.perform(item, gate: gate, committing: { _ in }) { _ in }.failure?.kind == "io")
    }
}
