/// Runs `body` once for each item below `count`, on up to `threadCount` threads at a time, the calling
/// one among them.
///
/// `body` gets the number of its thread, from 0 and below `threadCount`, for scratch memory, and the
/// item. Threads take the next item when they are done with one, so that a slow core delays the others
/// little. Where the system has no more threads, those that there are do all of it. `body` may itself
/// call this function. Returns when all calls have ended. Calls must not touch the same memory unless
/// they only read it: the compiler does not check this.
///
/// - Parameters:
///   - count: The number of items.
///   - threadCount: The most threads; more than there are processors only where items wait.
///   - isWaiting: Whether items wait, for other processes as a rule, more than they compute.
///   - body: Does an item.
package func forEachItem(
    _ count: Int, threadCount: Int, isWaiting: Bool = false,
    _ body: (_ thread: Int, _ item: Int) -> Void
) {
    ThreadPool.shared.forEachItem(count, threadCount: threadCount, isWaiting: isWaiting, body)
}
