extension Peer {
    /// Those that latent grids are compared with, each at qualities that give about 0.05 to 2 bits
    /// per pixel on photographs and at its settings with the best PSNR.
    static func forCurves() throws -> [Peer] {
        [
            try webP()?.at([0, 2, 5, 10, 18, 30, 45, 60, 72, 82, 90]),
            try jpegs().last?.at([2, 4, 7, 11, 17, 26, 38, 52, 66, 78, 87]),
            try jpeg2000()?.at([50, 80, 120, 180, 270, 400, 600, 850, 1200, 1700, 2200]),
            try jpegXL()?.at([0, 100, 150, 180, 200, 215, 225, 232, 237, 241]),
            try avif(speed: 4, tuning: ["-d", "10", "-a", "tune=psnr"])?
                .at([1, 3, 7, 11, 15, 19, 24, 29, 34, 39, 44]),
        ].compactMap { $0 }
    }

    /// The same with other qualities for its curve.
    private func at(_ qualities: [Int]) -> Peer {
        var peer = self
        peer.constantQualities = qualities
        return peer
    }
}
