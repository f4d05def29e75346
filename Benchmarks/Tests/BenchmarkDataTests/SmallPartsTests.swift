import BenchmarkData
import Testing

@Suite struct SmallPartsTests {
    @Test(arguments: [
        ("epoch 12/80, 28.41 dB", FitReport(epoch: 12, decibels: 28.41)),
        ("tile 2/9, epoch 1/8, 9.05 dB", FitReport(epoch: 1, decibels: 9.05)),
        ("row 3/7", nil), ("epoch x/8, 1.0 dB", nil), ("", nil),
    ])
    func aReportOfTheEncoderIsUnderstood(_ text: String, _ expected: FitReport?) {
        #expect(FitReport(text) == expected)
    }

    @Test func theBestSoFarNeverFalls() {
        #expect([1.0, 3, 2, 4, 4, 0].bestSoFar == [1, 3, 3, 4, 4, 4])
        #expect([Double]().bestSoFar == [])
    }

    @Test func networksHaveThePapersSizes() {
        #expect(Architecture.paper.map(\.parameterCount) == [1803, 3903, 7479, 15_003, 29_697])
        #expect(Architecture("10x28") == Architecture(layers: 10, width: 28))
        #expect(
            ["", "10", "x28", "10x", "0x28", "1x2x3", "-1x2"].allSatisfy {
                Architecture($0) == nil
            })
    }

    @Test(arguments: [3, 5, 10, 16])
    func aNetworkOfAnyDepthComesCloseToASize(_ layers: Int) {
        let network = Architecture.nearest(toParameters: 7479, layers: layers)
        #expect(network.layers == layers)
        #expect(abs(network.parameterCount - 7479) < 7479 * 4 / 100)
    }

    @Test func bisectionFindsTheLastThatIsAccepted() {
        for limit in 0...20 {
            #expect((3...17).last { $0 <= limit } == (limit < 3 ? nil : min(limit, 17)))
        }
    }

    @Test func signalToNoiseCountsSquares() {
        #expect(abs(peakSignalToNoise([0, 0], [0, 255]) - 3.0103) < 1e-4)
        #expect(peakSignalToNoise([7], [7]) == .infinity)
    }
}
