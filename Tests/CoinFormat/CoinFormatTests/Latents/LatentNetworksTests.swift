import CoinKernels
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct LatentNetworksTests {
    @Test(arguments: RandomLatents.all)
    func `networks are parsed as they were written`(picture: RandomLatents) throws {
        let networks = picture.networks
        #expect(networks.isValid)
        let bytes = try #require(networks.serialized(stepBits: Self.finest))
        #expect(try parse(bytes, picture.descriptor) == networks)
    }

    @Test(arguments: 0...12)
    func `steps of every size come back`(bits: Int) throws {
        let picture = RandomLatents.all[4]
        var networks = picture.networks
        for tensor in LatentTensor.allCases {
            let shift = Int32(tensor.fractionBits - bits)
            networks[tensor] = networks[tensor].map { (($0 / 4) / (1 << shift)) << shift }
        }
        let steps = LatentTensor.allCases.map { _ in bits }
        let bytes = try #require(networks.serialized(stepBits: steps))
        #expect(try parse(bytes, picture.descriptor) == networks)
    }

    @Test func `the cost is the size`() throws {
        let picture = RandomLatents.all[5]
        let bytes = try #require(picture.networks.serialized(stepBits: Self.finest))
        let bits = LatentTensor.allCases.reduce(0.0) {
            $0
                + (picture.descriptor.count(of: $1) == 0
                    ? 0 : picture.networks.cost(of: $1, stepBits: 12) ?? 0)
        }
        let found = Double(8 * (bytes.count - 2 * (1 + picture.descriptor.outputCount) - 4))
        #expect((found - bits).magnitude < 9 + 0.001 * bits)
    }

    @Test func `prefixes and changed bytes give errors or valid networks`() throws {
        let picture = RandomLatents.all[1]
        let bytes = try #require(picture.networks.serialized(stepBits: Self.finest))
        for count in stride(from: 0, to: bytes.count, by: 5) {
            #expect(throws: BitstreamError.self) {
                try parse(Array(bytes[..<count]), picture.descriptor)
            }
        }
        for index in stride(from: 0, to: bytes.count, by: 11) {
            for bit: UInt8 in [0x01, 0x08, 0x40, 0xFF] {
                var damaged = bytes
                damaged[index] ^= bit
                do { #expect(try parse(damaged, picture.descriptor).isValid) } catch {
                    let error = try #require(error as? BitstreamError)
                    #expect((50...50 + bytes.count).contains(error.offset))
                }
            }
        }
    }

    @Test func `a row that could overflow is refused`() throws {
        let picture = RandomLatents.all[1]
        for tensor in LatentTensor.allCases where !tensor.isBias {
            if picture.descriptor.count(of: tensor) == 0 { continue }
            var networks = picture.networks
            let columns = picture.descriptor.shape(of: tensor).columns
            var values = [Int32](repeating: 0, count: picture.descriptor.count(of: tensor))
            values[0] = 32_767
            values[columns - 1] += Int32(tensor.maximumOfRow) - 32_767
            networks[tensor] = values
            #expect(networks.isValid)
            networks[tensor][columns - 1] += 1
            #expect(!networks.isValid)
        }
    }

    private static let finest = LatentTensor.allCases.map { _ in 12 }

    private func parse(
        _ bytes: [UInt8], _ descriptor: LatentDescriptor
    ) throws -> LatentNetworks {
        var reader = ByteReader(bytes.span, base: 50)
        return try LatentNetworks(parsing: &reader, descriptor: descriptor)
    }
}
