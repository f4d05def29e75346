import BuiltInFormats
import FormatKit
import Foundation
import TestSupport
import Testing

/// Where a codec library lacks memory and ends the program, that is told as any failure is.
@Suite struct ShortageTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var random = SplitMix64(seed: 1)
        try folder.write(
            "large.ppm", Array("P6 700 700 255\n".utf8) + random.bytes(700 * 700 * 3))
        try folder.makeFolder("out")
    }

    private static func has(_ format: String) -> Bool {
        BuiltIn.registry.plugin(named: format)?.descriptor.write != nil
    }

    /// With so little memory the program may not even start, which is none of its business.
    private static let start = #""$CONVERT" info large.ppm >/dev/null 2>&1 || exit 0"#

    @Test(arguments: [
        ("jxl", "--effort 3 --threads 2"), ("jxl", "--effort 3 --threads 1 --lossless"),
        ("exr", ""), ("webp", "--effort 1"), ("jp2", ""),
    ])
    func `want of memory anywhere is one line and 75`(format: String, options: String) throws {
        guard Self.has(format) else { return }
        let run = try ConvertTool.shell(
            #"""
            for limit in $(seq 120000 20000 500000); do
                (
                    ulimit -v $limit
                    \#(Self.start)
                    "$CONVERT" large.ppm out/$limit.\#(format) \#(options) 2>errors
                    status=$?
                    [ $status = 0 ] && exit
                    if [ $status = 75 ] && [ $(wc -l <errors) = 1 ] && [ ! -e out/$limit.\#(format) ] &&
                        grep -q '^convert: large.ppm: cannot .*\(allocate memory\|unavailable\)$' errors
                    then
                        exit
                    fi
                    echo "$limit: $status $(cat errors)"
                )
            done
            ls -A out | grep '^[.]'
            true
            """#, in: folder)
        #expect(run.text == "", "\(run.text)")
    }

    /// As where a device is full: who has set the limit can set another.
    @Test func `a limit on the size of files is one line and 75`() throws {
        for output in ["out/a.ppm", "- --to ppm >out/b.ppm"] {
            let run = try ConvertTool.shell(
                #"ulimit -f 64; "$CONVERT" large.ppm \#(output) --depth 8"#, in: folder)
            #expect(run.status == 75, "\(run.errors)")
            #expect(run.errorLines.count == 1 && run.errors.contains("file too large"))
        }
        #expect(folder.read("out/a.ppm") == nil)
    }

    @Test(.enabled(if: has("jxl"))) func `it is told in JSON, and costs a batch only a file`()
        throws
    {
        try folder.makeFolder("in")
        for name in ["a", "b"] {
            try folder.write("in/\(name).ppm", try #require(folder.read("large.ppm")))
        }
        let run = try ConvertTool.shell(
            #"""
            for limit in $(seq 120000 20000 300000); do
                (
                    ulimit -v $limit
                    \#(Self.start)
                    "$CONVERT" large.ppm out/$limit.jxl --effort 3 --threads 1 --json >json 2>errors
                    status=$?
                    if [ $status = 75 ]; then
                        grep -q '"status":"failed".*"retryable":true' json || echo "$limit: $(cat json)"
                    fi
                    "$CONVERT" in out/$limit --to jxl --effort 3 --jobs 1 --threads 1 2>errors
                    status=$?
                    if [ $status != 0 ] && [ $status != 75 ] || grep 'ended\|crash' errors; then
                        echo "$limit: $status $(cat errors)"
                    fi
                )
            done
            """#, in: folder)
        #expect(run.text == "", "\(run.text)")
    }

    #if os(Linux)
        /// A function of the C++ run time that throws.
        private static func thrower(_ name: String) -> UnsafeMutableRawPointer? {
            // RTLD_DEFAULT, which is a macro.
            unsafe dlsym(nil, name)
        }

        private static let isThere = unsafe thrower("_ZSt17__throw_bad_allocv") != nil

        @Test(.enabled(if: isThere)) func `an exception for want of memory ends as it is told`()
            async
        {
            await #expect(processExitsWith: .exitCode(75)) {
                BuiltInFormats.handleShortages { _exit($0 == ENOMEM ? 75 : 1) }
                let throwing = unsafe unsafeBitCast(
                    ShortageTests.thrower("_ZSt17__throw_bad_allocv"),
                    to: (@convention(c) () -> Void).self)
                throwing()
            }
        }

        @Test(.enabled(if: isThere)) func `so does one for want of a thread`() async {
            await #expect(processExitsWith: .exitCode(76)) {
                BuiltInFormats.handleShortages { _exit($0 == EAGAIN ? 76 : 1) }
                let throwing = unsafe unsafeBitCast(
                    ShortageTests.thrower("_ZSt20__throw_system_errori"),
                    to: (@convention(c) (Int32) -> Void).self)
                throwing(EAGAIN)
            }
        }

        /// Uses the address zero, as a library does that does not look whether it got memory.
        private static func useNothing() {
            unsafe UnsafeMutablePointer<UInt8>(bitPattern: 1 << 12)?.pointee = 1
        }

        @Test(arguments: [true, false])
        func `so does the use of memory that was not had`(isOfThread: Bool) async {
            await #expect(processExitsWith: .exitCode(75)) { [isOfThread] in
                BuiltInFormats.handleShortages { _exit($0 == ENOMEM ? 75 : 1) }
                errno = isOfThread ? ENOMEM : 0
                if !isOfThread {
                    // Nothing more can be had, by any thread.
                    var none = rlimit(rlim_cur: 1, rlim_max: 1)
                    unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &none)
                }
                ShortageTests.useNothing()
            }
        }

        @Test func `other faults end as they did`() async {
            await #expect(processExitsWith: .signal(SIGSEGV)) {
                BuiltInFormats.handleShortages { _ in _exit(75) }
                errno = 0
                ShortageTests.useNothing()
            }
            await #expect(processExitsWith: .signal(SIGSEGV)) {
                BuiltInFormats.handleShortages { _ in _exit(75) }
                errno = ENOMEM
                // Where something could lie.
                unsafe UnsafeMutablePointer<UInt8>(bitPattern: 1 << 44)?.pointee = 1
            }
            await #expect(processExitsWith: .signal(SIGSEGV)) {
                BuiltInFormats.handleShortages { _ in _exit(75) }
                errno = ENOMEM
                kill(getpid(), SIGSEGV)
                sleep(60)
            }
        }

        @Test(.enabled(if: isThere)) func `other exceptions end as they did`() async {
            await #expect(processExitsWith: .signal(SIGABRT)) {
                BuiltInFormats.handleShortages { _ in _exit(75) }
                let throwing = unsafe unsafeBitCast(
                    ShortageTests.thrower("_ZSt16__throw_bad_castv"),
                    to: (@convention(c) () -> Void).self)
                throwing()
            }
        }
    #endif
}
