#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A value that threads change in turn and whose change they can wait for.
@safe package final class Monitor<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    /// Creates a monitor of a value that nobody else changes.
    package init(_ value: sending Value) {
        self.value = value
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe changed.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the value once `condition` holds.
    ///
    /// - Parameters:
    ///   - condition: Whether the change can be made; asked again after others' changes.
    ///   - seconds: The longest to wait, about; then the change is made all the same.
    ///   - wakingCount: How many of those that wait the change may concern; all of them if it is left
    ///     out.
    ///   - body: The change; no other thread sees the value meanwhile.
    package func change(
        when condition: (Value) -> Bool = { _ in true }, within seconds: Int? = nil,
        waking wakingCount: Int? = nil, _ body: (inout Value) -> Void
    ) {
        unsafe pthread_mutex_lock(mutex)
        wait(for: condition, within: seconds)
        body(&value)
        unsafe pthread_mutex_unlock(mutex)
        guard let wakingCount else {
            unsafe pthread_cond_broadcast(changed)
            return
        }
        for _ in 0..<wakingCount { unsafe pthread_cond_signal(changed) }
    }

    private func wait(for condition: (Value) -> Bool, within seconds: Int?) {
        guard let seconds else {
            while !condition(value) { unsafe pthread_cond_wait(changed, mutex) }
            return
        }
        guard !condition(value) else { return }
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += seconds
        while !condition(value) {
            guard unsafe pthread_cond_timedwait(changed, mutex, &end) == 0 else { return }
        }
    }
}

/// Lets one thread wait until others are done.
struct Latch: Sendable {
    private let count = Monitor(0)

    func enter() { count.change(waking: 0) { $0 += 1 } }

    func leave() { count.change { $0 -= 1 } }

    func wait() { count.change(when: { $0 == 0 }, waking: 0) { _ in } }
}
