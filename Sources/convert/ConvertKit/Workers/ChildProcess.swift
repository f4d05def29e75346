#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    @unsafe @preconcurrency internal import Glibc
#elseif canImport(Musl)
    @unsafe @preconcurrency internal import Musl
#endif
internal import FormatKit
internal import Synchronization

/// A child process with a pipe to its standard input and one from its standard output.
struct ChildProcess: Sendable {
    /// Where what it reads is written.
    let input: Int32
    /// Where what it writes is read.
    let output: Int32
    private let identifier: pid_t

    /// Two threads must not start processes at once: each child would inherit the other's pipe.
    private static let spawning = Mutex(())

    /// Starts a program; the caller closes the two descriptors and waits for the end.
    ///
    /// - Parameters:
    ///   - command: Its words, the program first.
    ///   - name: What the program is called if it cannot be started, with an article.
    ///   - showsErrors: Whether what it prints to standard error is shown.
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if the system refuses.
    init(_ command: [String], called name: String, showsErrors: Bool) throws(ImageError) {
        Interruption.ignoreBrokenPipes()
        self = try Self.spawning.withLock { _ in
            Self.start(command, name, showsErrors)
        }.get()
    }

    private init(input: Int32, output: Int32, identifier: pid_t) {
        self.input = input
        self.output = output
        self.identifier = identifier
    }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        kill(identifier, number)
    }

    /// Waits until it has ended.
    func wait() -> ProcessEnd { ProcessEnd.wait(for: identifier) }

    private static func start(
        _ command: [String], _ name: String, _ showsErrors: Bool
    ) -> Result<ChildProcess, ImageError> {
        guard let toChild = Pipe() else { return .failure(.starting(name, code: errno)) }
        guard let fromChild = Pipe() else {
            let code = errno
            close(toChild.read)
            close(toChild.write)
            return .failure(.starting(name, code: code))
        }
        defer {
            close(toChild.read)
            close(fromChild.write)
        }
        var actions = SpawnActions()
        actions.move(toChild.read, to: STDIN_FILENO)
        actions.move(fromChild.write, to: STDOUT_FILENO)
        if !showsErrors { actions.silence(STDERR_FILENO) }
        let (identifier, code) = actions.spawn(command)
        guard code == 0 else {
            close(toChild.write)
            close(fromChild.read)
            return .failure(.starting(name, code: code))
        }
        return .success(
            ChildProcess(input: toChild.write, output: fromChild.read, identifier: identifier))
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

    /// Added to the environment of children.
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
    fileprivate static func starting(_ name: String, code: Int32) -> ImageError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return .io("start \(name)", code: code, reason: reason.lowercased())
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
