/// The result of `body` and the shortest of its times, in seconds: at least once, and for a second.
func shortest<R>(_ body: () throws -> R) rethrows -> (R, Double) {
    let clock = ContinuousClock()
    let start = clock.now
    var result = try body()
    var shortest = clock.now - start
    while clock.now - start < .seconds(1) {
        let begin = clock.now
        result = try body()
        shortest = min(shortest, clock.now - begin)
    }
    return (result, shortest / .seconds(1))
}
