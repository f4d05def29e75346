#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A value that threads change in turn and whose change they can wait for.
@safe final class Monitor<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: sending Value) {
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
    func change(when condition: (Value) -> Bool = { _ in true }, _ body: (inout Value) -> Void) {
        unsafe pthread_mutex_lock(mutex)
        while !condition(value) { unsafe pthread_cond_wait(changed, mutex) }
        body(&value)
        unsafe pthread_cond_broadcast(changed)
        unsafe pthread_mutex_unlock(mutex)
    }
}

/// Lets one thread wait until others are done.
struct Latch: Sendable {
    private let count = Monitor(0)

    func enter() { count.change { $0 += 1 } }

    func leave() { count.change { $0 -= 1 } }

    func wait() { count.change(when: { $0 == 0 }) { _ in } }
}
