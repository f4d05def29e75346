import Foundation
import FuzzSupport

/// Feeds prefixes and mutations of files to their readers.
///
/// `scripts/test-mutations` builds it with
/// AddressSanitizer, starts it again after a failure and keeps the input that failed.
///
///     Mutations run FIRST SECONDS STATE <list     from input number FIRST on
///     Mutations print NUMBER <list                that input, to standard output
///
/// The list has a line `FORMAT PATH` a file. While it runs, STATE holds the number of the input.
@main
struct Mutations {
    static func main() throws {
        let arguments = CommandLine.arguments
        var files: [Sample] = []
        while let line = readLine() { files.append(try Sample(line: line)) }
        let inputs = Inputs(of: files)
        switch arguments.dropFirst().first {
        case "run" where arguments.count == 5:
            guard let first = Int(arguments[2]), let seconds = Double(arguments[3]) else { usage() }
            try run(inputs, from: first, seconds: seconds, state: arguments[4])
        case "print" where arguments.count == 3:
            guard let number = Int(arguments[2]) else { usage() }
            try FileHandle.standardOutput.write(contentsOf: Data(inputs[number].bytes))
        default: usage()
        }
    }

    private static func usage() -> Never {
        FileHandle.standardError.write(
            Data("usage: Mutations run FIRST SECONDS STATE | print NUMBER\n".utf8))
        exit(2)
    }

    /// The longest that one input may keep the processor busy, in seconds.
    ///
    /// More time may pass on a machine that has other things to do. A signal ends the process.
    private static let secondsPerInput = (busy: 20, passed: 300)

    private static func startClock() {
        var limit = itimerval()
        limit.it_value.tv_sec = secondsPerInput.busy
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
        alarm(UInt32(secondsPerInput.passed))
    }

    private static func run(
        _ inputs: Inputs, from first: Int, seconds: Double, state path: String
    ) throws {
        let state = open(path, O_WRONLY | O_CREAT, 0o644)
        guard state >= 0 else { throw CocoaError(.fileWriteUnknown) }
        let start = ContinuousClock.now
        var (number, prefixCount, imageCount) = (first, 0, 0)
        while ContinuousClock.now - start < .seconds(seconds) {
            let text = String(number) + "\n"
            _ = pwrite(state, text, text.utf8.count, 0)
            startClock()
            let input = inputs[number]
            imageCount += fuzzReader(input.format, input.bytes)
            prefixCount += inputs.isPrefix(number) ? 1 : 0
            number += 1
        }
        alarm(0)
        var off = itimerval()
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &off, nil)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print(
            "\(prefixCount) of \(inputs.prefixCount) prefixes and \(number - first - prefixCount) "
                + "mutations gave \(imageCount) images; at most \(usage.ru_maxrss / 1024) MiB")
    }
}
