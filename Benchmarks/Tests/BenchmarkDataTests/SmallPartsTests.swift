import BenchmarkData
import Testing

@Suite struct SmallPartsTests {
    @Test(arguments: [
        ("epoch 12/80, 28.41 dB", FitReport(epoch: 12, decibels: 28.41)),
        ("tile 2/9, epoch 1/8, 9.05 dB", FitReport(epoch: 1, decibels: 9.05)),
        (
            "epoch 1/8, 9.05 dB (restarts: 12)",
            FitReport(epoch: 1, decibels: 9.05, restartCount: 12)
        ),
        ("epoch 1/8, 9.05 dB (restarts: many)", nil),
        ("row 3/7", nil), ("epoch x/8, 1.0 dB", nil), ("", nil),
    ])
    func aReportOfTheEncoderIsUnderstood(_ text: String, _ expected: FitReport?) {
        #expect(FitReport(text) == expected)
    }

    @Test func theBestSoFarNeverFalls() {
        #expect([1.0, 3, 2, 4, 4, 0].bestSoFar == [1, 3, 3, 4, 4, 4])
        #expect([Double]().bestSoFar == [])
    }

    @Test func theMedianIsInTheMiddle() {
        #expect([3.0, 100, 1].median == 3)
        #expect([4.0, 1, 2, 100].median == 3)
        #expect([Double]().median.isNaN)
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

    @Test func networksOfAllShapesAreSpreadEvenly() {
        let networks = Architecture.spread(390)
        #expect(Set(networks.map(\.layers)) == Set(2...13))
        #expect(Set(networks.map(\.width)) == Set(8...64))
        for layers in stride(from: 2, through: 13, by: 3) {
            for width in stride(from: 8, through: 57, by: 7) {
                let isNear = networks.contains {
                    abs($0.layers - layers) <= 1 && abs($0.width - width) <= 4
                }
                #expect(isNear, "\(layers)x\(width)")
            }
        }
        #expect(Array(networks.prefix(10)) == Architecture.spread(10))
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
