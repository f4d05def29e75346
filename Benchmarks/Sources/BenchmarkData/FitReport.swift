internal import Foundation

/// What the encoder of `.coin` says after a pass: `epoch 12/80, 28.41 dB`, and if so
/// `(restarts: 1)`.
package struct FitReport: Equatable {
    package let epoch: Int
    package let decibels: Double
    /// How often the fit has diverged and begun again.
    package let restartCount: Int

    package init(epoch: Int, decibels: Double, restartCount: Int = 0) {
        self.epoch = epoch
        self.decibels = decibels
        self.restartCount = restartCount
    }

    /// Parses the text; `nil` if it says something else.
    package init?(_ text: String) {
        let words = text.split { " ,/:()".contains($0) }
        guard let epoch = words.firstIndex(of: "epoch"), epoch + 1 < words.count,
            let number = Int(words[epoch + 1]), let unit = words.firstIndex(of: "dB"), unit > 0,
            let decibels = Double(words[unit - 1])
        else { return nil }
        let restarts = words.firstIndex(of: "restarts").map { words[($0 + 1)...].first }
        let restartCount = restarts.map { $0.flatMap { Int($0) } } ?? 0
        guard let restartCount else { return nil }
        self.init(epoch: number, decibels: decibels, restartCount: restartCount)
    }
}

extension Sequence<Double> {
    /// For each number the largest up to it.
    package var bestSoFar: [Double] {
        reduce(into: []) { $0.append(Swift.max($0.last ?? $1, $1)) }
    }
}

/// The peak signal-to-noise ratio of 8-bit samples, in decibels.
package func peakSignalToNoise(_ first: [UInt8], _ second: [UInt8]) -> Double {
    precondition(first.count == second.count)
    let sum = zip(first, second).reduce(0) { sum, pair in
        let difference = Int(pair.0) - Int(pair.1)
        return sum + difference * difference
    }
    return 10 * log10(255 * 255 * Double(first.count) / Double(sum))
}
