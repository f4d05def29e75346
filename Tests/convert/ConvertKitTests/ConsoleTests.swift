import FormatKit
import Synchronization
import Testing

@testable import ConvertKit

/// Collects what is written.
final class Transcript: Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock { $0 } }

    @Sendable func write(_ text: String) {
        lines.withLock { $0 += text }
    }
}

@Suite struct ConsoleTests {
    private let transcript = Transcript()

    private func console(
        _ verbosity: Console.Verbosity = .normal, columns: Int? = nil
    ) -> Console {
        Console(verbosity: verbosity, columnCount: columns, write: transcript.write)
    }

    @Test func `says one line for each error and warning`() {
        let console = console()
        console.error("a.png", "bad")
        console.warning("b.png", "odd")
        console.detail("unheard")
        console.showStatus("unseen")
        #expect(transcript.text == "convert: a.png: bad\nconvert: b.png: warning: odd\n")
    }

    @Test func `says only errors when quiet`() {
        let console = console(.quiet, columns: 80)
        console.warning("b.png", "odd")
        console.note("done")
        console.showStatus("half")
        console.error("a.png", "bad")
        #expect(transcript.text == "convert: a.png: bad\n")
    }

    @Test func `does not let a file name drive the terminal`() {
        console().error("a\u{1B}[2J\nb\u{9B}1m.png", "bad")
        #expect(transcript.text == "convert: a?[2J?b?1m.png: bad\n")
    }

    @Test func `keeps the status line below other lines`() {
        let console = console(columns: 10)
        console.showStatus("12345678901234")
        console.showStatus("12345678901234")
        console.error("a", "bad")
        console.clearStatus()
        let clear = "\r\u{1B}[K"
        #expect(
            transcript.text
                == clear + "123456789" + clear + "convert: a: bad\n" + "123456789" + clear)
    }

    @Test(arguments: [
        (-1.0, "[----]   0 %"), (0.5, "[##--]  50 %"), (0.99, "[###-]  99 %"), (2, "[####] 100 %"),
    ])
    func `draws a bar`(fraction: Double, expected: String) {
        #expect(ProgressDisplay.bar(fraction: fraction, width: 4) == expected)
    }

    @Test func `shows how far a single conversion is, with the time left`() {
        let time = Mutex(Duration.zero)
        let clock = Box(time)
        let display = ProgressDisplay(
            console: console(columns: 80), jobCount: 1, isSingle: true, now: { clock.value })
        clock.value = .seconds(10)
        display.update(
            job: 0, name: "a.png", Progress(fraction: 0.25, detail: "epoch 20/80, 28.41 dB"))
        clock.value = .seconds(10.05)
        display.update(job: 0, name: "a.png", Progress(fraction: 0.26))
        #expect(
            transcript.text
                == "\r\u{1B}[K[#####---------------]  25 %  ETA 0:30  a.png"
                + "  epoch 20/80, 28.41 dB")
    }

    @Test func `says plain lines where there is no terminal`() {
        let display = ProgressDisplay(
            console: console(), jobCount: 2, isSingle: false, now: { .zero })
        display.update(job: 0, name: "a", Progress(fraction: 0.5))
        display.finish(job: 0, isFailure: false, line: "a -> b")
        display.finish(job: 1, isFailure: true, line: "c failed")
        #expect(transcript.text == "convert: [1/2] a -> b\n")
    }
}

/// A duration that a test turns on.
private final class Box: Sendable {
    private let time: Mutex<Duration>

    init(_ time: consuming Mutex<Duration>) { self.time = time }

    var value: Duration {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}
