import Synchronization

/// Which rows are wanted of the pictures that are read, and which of them a damaged file does not have.
final class RowLedger: Sendable {
    private struct Page {
        let wanted: Range<Int>
        var missing = RangeSet<Int>()
    }

    private struct State {
        var pages: [Int: Page] = [:]
        var current: Int?
    }

    private let state = Mutex(State())

    /// A picture is read from now on, by its place among all that can be read; it may be so again.
    ///
    /// - Parameters:
    ///   - rows: Those that make what is wanted of it.
    ///   - page: Its place.
    func want(_ rows: Range<Int>, ofPage page: Int) {
        state.withLock { state in
            state.current = page
            if state.pages[page]?.wanted != rows { state.pages[page] = Page(wanted: rows) }
        }
    }

    /// Takes note of rows that the picture does not have.
    ///
    /// - Returns: What is lost that was not lost before.
    func lose(_ rows: RangeSet<Int>) -> [Loss] {
        state.withLock { state in
            guard let current = state.current, var page = state.pages[current] else {
                return Self.losses(wanted: rows.count, others: 0)
            }
            let news = rows.subtracting(page.missing)
            page.missing.formUnion(news)
            state.pages[current] = page
            let wanted = news.intersection(RangeSet(page.wanted))
            return Self.losses(wanted: wanted.count, others: news.count - wanted.count)
        }
    }

    /// As many of some rows as are missing, those that are wanted first.
    func worst(_ count: Int, of rows: Range<Int>) -> RangeSet<Int> {
        let wanted = state.withLock { state in
            state.current.flatMap { state.pages[$0]?.wanted } ?? rows
        }
        let inside = rows.clamped(to: wanted).suffix(count)
        var (found, rest) = (RangeSet(inside), count - inside.count)
        for range in RangeSet(rows).subtracting(RangeSet(wanted)).ranges.reversed() {
            let part = range.suffix(max(0, rest))
            found.formUnion(RangeSet(part))
            rest -= part.count
        }
        return found
    }

    private static func losses(wanted: Int, others: Int) -> [Loss] {
        (wanted > 0 ? [.rows(wanted)] : []) + (others > 0 ? [.otherRows(others)] : [])
    }

    /// The first row that is wanted of the picture that is read.
    var firstWanted: Int {
        state.withLock { state in
            state.current.flatMap { state.pages[$0]?.wanted.lowerBound } ?? 0
        }
    }

    /// The part that is good of all rows that are wanted, if some of any rows are not.
    var goodShare: Double? {
        state.withLock { state in
            guard state.pages.values.contains(where: { !$0.missing.isEmpty }) else { return nil }
            let (count, badCount) = state.pages.values.reduce(into: (0, 0)) { sums, page in
                sums.0 += page.wanted.count
                sums.1 += page.missing.intersection(RangeSet(page.wanted)).count
            }
            return Double(count - badCount) / Double(max(1, count))
        }
    }
}

extension RangeSet<Int> {
    /// The number of elements.
    fileprivate var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
