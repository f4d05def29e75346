internal import Dispatch

/// Runs `body` once for each index below `count`, at the same time where the machine can.
///
/// Returns when all have ended. With one index it runs on the caller's thread. Calls must not
/// touch the same memory unless they only read it: the compiler does not check this, which is
/// why it is said at every use.
func forEachThread(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1 else {
        body(0)
        return
    }
    withoutActuallyEscaping(body) { body in
        let work = ConcurrentWork(body: body)
        DispatchQueue.concurrentPerform(iterations: count) { work.body($0) }
    }
}

/// A closure whose author vouches for its being run concurrently.
private struct ConcurrentWork: @unchecked Sendable {
    let body: (Int) -> Void
}
