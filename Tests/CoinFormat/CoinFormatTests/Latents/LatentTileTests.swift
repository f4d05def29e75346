import CoinKernels
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct LatentTileTests {
    @Test(arguments: RandomLatents.all)
    func `a tile's latents come back, from every variant and from the model`(
        picture: RandomLatents
    ) throws {
        let (tiles, geometry, networks) = (picture.tiles, picture.geometry, picture.networks)
        let payloads = picture.payloads(.scalar)
        for variant in KernelVariant.supported {
            #expect(picture.payloads(variant) == payloads)
            for (index, payload) in payloads.enumerated() {
                var tile = try LatentTile(
                    payload, index: index, descriptor: picture.descriptor, geometry: geometry)
                try tile.decode(downTo: 0, networks.entropyNetwork(variant))
                #expect(tile.grids == tiles[index], "\(variant), tile \(index)")
            }
        }
        for (index, payload) in payloads.enumerated() {
            let grids = try ModelEntropy(networks).decode(payload) { level in
                let part = geometry.part(ofTile: index, level: level)
                return (part.columns.count, part.rows.count)
            }
            #expect(grids == tiles[index])
        }
    }

    @Test(arguments: RandomLatents.all)
    func `predictions are those of the model`(picture: RandomLatents) {
        let (networks, grids) = (picture.networks, picture.tiles[0])
        let model = ModelEntropy(networks)
        for variant in KernelVariant.supported {
            for (place, grid) in grids {
                let predictions = networks.entropyNetwork(variant).predict(
                    grid, picture.descriptor.surroundings(of: place, in: grids))
                for k in stride(from: 0, to: grid.values.count, by: 7) {
                    let (mean, scale) = model.predict(grids, place, k / grid.width, k % grid.width)
                    #expect(predictions.means[k] == mean && predictions.scales[k] == scale)
                }
            }
        }
    }

    @Test(arguments: RandomLatents.all)
    func `the cost is the size of the stream`(picture: RandomLatents) {
        let (grids, encoder) = (picture.tiles[0], picture.encoder())
        let bits = grids.keys.reduce(0) { $0 + encoder.cost($1, grids) }
        let bytes = encoder.payload(grids).bytes.count - 4 * picture.descriptor.stateCount
        // A state starts from 2^23, so it holds up to a byte less than it seems.
        let slack = Double(picture.descriptor.stateCount) * 9 + 0.001 * bits
        #expect((Double(8 * bytes) - bits).magnitude <= slack, "\(bytes) bytes, \(bits) bits")
    }

    @Test(arguments: RandomLatents.all)
    func `a payload is parsed as it was written`(picture: RandomLatents) throws {
        for payload in picture.payloads() {
            let bytes = payload.serialized
            var reader = ByteReader(bytes.span, base: 100)
            let parsed = try LatentPayload(parsing: &reader, descriptor: picture.descriptor)
            #expect(parsed.bytes == payload.bytes && parsed.levelEnds == payload.levelEnds)
            #expect(parsed.base == 100 + bytes.count - payload.bytes.count)
        }
    }

    @Test(arguments: RandomLatents.all.prefix(4))
    func `a prefix of a payload is refused`(picture: RandomLatents) {
        let bytes = picture.payloads()[0].serialized
        for count in 0..<bytes.count {
            #expect(throws: BitstreamError.self, "\(count) bytes") {
                try decode(Array(bytes[..<count]), picture)
            }
        }
        #expect(throws: BitstreamError.self) { try decode(bytes + [0], picture) }
    }

    @Test(arguments: RandomLatents.all)
    func `a changed byte gives an error in the payload, or other latents`(picture: RandomLatents) {
        let bytes = picture.payloads()[0].serialized
        for index in stride(from: 0, to: bytes.count, by: max(bytes.count / 150, 1)) {
            for bit: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
                var damaged = bytes
                damaged[index] ^= bit
                do {
                    #expect(try decode(damaged, picture) != picture.tiles[0])
                } catch let error as BitstreamError {
                    #expect((100...100 + bytes.count).contains(error.offset))
                } catch { Issue.record(error) }
            }
        }
    }

    @Test(arguments: RandomLatents.all)
    func `noise gives an error`(picture: RandomLatents) {
        var generator = SplitMix64(seed: 77)
        for count in [0, 1, 63, 64, 65, 300, 5_000] {
            #expect(throws: BitstreamError.self) {
                try decode(generator.bytes(count), picture)
            }
        }
    }

    private func decode(_ bytes: [UInt8], _ picture: RandomLatents) throws -> ModelEntropy.Grids {
        var reader = ByteReader(bytes.span, base: 100)
        let payload = try LatentPayload(parsing: &reader, descriptor: picture.descriptor)
        var tile = try LatentTile(
            payload, index: 0, descriptor: picture.descriptor, geometry: picture.geometry)
        try tile.decode(downTo: 0, picture.networks.entropyNetwork(.best))
        return tile.grids
    }
}
