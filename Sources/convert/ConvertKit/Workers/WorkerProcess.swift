#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    @unsafe @preconcurrency internal import Glibc
#elseif canImport(Musl)
    @unsafe @preconcurrency internal import Musl
#endif
internal import FormatKit
internal import Synchronization

/// How worker processes are started.
package struct WorkerLauncher: Sendable {
    /// The words of the command, the program first.
    let command: [String]
    /// The arguments with which this program was started; workers read them as we did.
    let arguments: [String]
    /// Whether what workers print to standard error is shown.
    let showsErrors: Bool

    /// Creates a launcher.
    package init(command: [String], arguments: [String], showsErrors: Bool = false) {
        self.command = command
        self.arguments = arguments
        self.showsErrors = showsErrors
    }

    /// The word that makes this program a worker; no file is likely to have this name.
    package static let subcommand = "__convert-worker"

    /// A launcher of this very program, even if its file has been replaced meanwhile.
    package static func thisProgram(arguments: [String], showsErrors: Bool) -> WorkerLauncher {
        WorkerLauncher(
            command: [executablePath, subcommand], arguments: arguments, showsErrors: showsErrors)
    }

    private static var executablePath: String {
        #if os(Linux)
            // The file may have been replaced meanwhile; a sandbox need not have /proc.
            let ownFile = "/proc/self/exe"
            if unsafe access(ownFile, X_OK) == 0 { return ownFile }
            return ProcessArguments.executablePath ?? ownFile
        #else
            var byteCount: UInt32 = 4096
            var path = [CChar](repeating: 0, count: Int(byteCount))
            guard unsafe _NSGetExecutablePath(&path, &byteCount) == 0 else {
                return CommandLine.arguments[0]
            }
            return String(
                decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #endif
    }
}

/// A child process that converts one item after another.
final class WorkerProcess: Sendable {
    /// What is said to and heard from it.
    let channel: LineChannel
    private let identifier: pid_t

    /// Two threads must not start processes at once: each child would inherit the other's pipe.
    private static let spawning = Mutex(())

    /// Starts a worker.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if the system refuses.
    init(_ launcher: WorkerLauncher, threadCount: Int) throws(ImageError) {
        Interruption.ignoreBrokenPipes()
        let started = Self.spawning.withLock { _ in Self.start(launcher) }
        (identifier, channel) = try started.get()
        let start = WorkerMessage.start(arguments: launcher.arguments, threadCount: threadCount)
        channel.send(start.json)
    }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        kill(identifier, number)
    }

    /// Ends it if it has not ended by itself.
    func end(byKilling isKilling: Bool) -> ProcessEnd {
        if isKilling { signal(SIGKILL) }
        channel.close()
        return ProcessEnd.wait(for: identifier)
    }

    private static func start(
        _ launcher: WorkerLauncher
    ) -> Result<(pid_t, LineChannel), ImageError> {
        guard let toWorker = Pipe() else { return .failure(.startingWorker(code: errno)) }
        guard let fromWorker = Pipe() else {
            let code = errno
            close(toWorker.read)
            close(toWorker.write)
            return .failure(.startingWorker(code: code))
        }
        let channel = LineChannel(input: fromWorker.read, output: toWorker.write)
        defer {
            close(toWorker.read)
            close(fromWorker.write)
        }
        var actions = SpawnActions()
        actions.move(toWorker.read, to: STDIN_FILENO)
        actions.move(fromWorker.write, to: STDOUT_FILENO)
        if !launcher.showsErrors { actions.silence(STDERR_FILENO) }
        let (identifier, code) = actions.spawn(launcher.command)
        return code == 0
            ? .success((identifier, channel)) : .failure(.startingWorker(code: code))
    }
}

/// A pipe whose ends other programs do not inherit.
private struct Pipe {
    let read: Int32
    let write: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        (read, write) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
}

/// What a new process does with its descriptors, and its start.
@safe private struct SpawnActions: ~Copyable {
    #if canImport(Darwin)
        private var actions: posix_spawn_file_actions_t?
    #else
        private var actions = unsafe posix_spawn_file_actions_t()
    #endif

    init() {
        unsafe posix_spawn_file_actions_init(&actions)
    }

    deinit {
        var actions = unsafe actions
        unsafe posix_spawn_file_actions_destroy(&actions)
    }

    mutating func move(_ descriptor: Int32, to number: Int32) {
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    }

    mutating func silence(_ number: Int32) {
        unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
    }

    /// Added to the environment of workers.
    private static let settings = [
        // A crash is reported by us; Swift's own report takes seconds.
        "SWIFT_BACKTRACE=enable=no",
        // What an item held goes back to the system: the next one may be small, and the other
        // workers may need it.
        "MALLOC_MMAP_THRESHOLD_=1048576",
    ]

    /// Starts a program with our environment.
    mutating func spawn(_ command: [String]) -> (identifier: pid_t, code: Int32) {
        var identifier: pid_t = 0
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        let added = unsafe Self.settings.map { unsafe strdup($0) }
        defer { unsafe (words + added).forEach { unsafe free($0) } }
        var variables = unsafe added
        var index = 0
        while let variable = unsafe environment[index] {
            unsafe variables.append(variable)
            index += 1
        }
        unsafe variables.append(nil)
        let code = unsafe posix_spawn(
            &identifier, command[0], &actions, nil, &words, &variables)
        return (identifier, code)
    }
}

extension ImageError {
    fileprivate static func startingWorker(code: Int32) -> ImageError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return .io("start a worker process", code: code, reason: reason.lowercased())
    }
}

/// The variables of this process, up to an empty one; nothing here changes them.
private var environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    #if canImport(Darwin)
        unsafe _NSGetEnviron().pointee
    #else
        unsafe environ
    #endif
}
