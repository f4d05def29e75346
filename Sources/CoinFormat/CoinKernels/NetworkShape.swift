internal import CCoinKernels

/// The shape of a sine network: 2 inputs, some sine layers, a linear layer.
///
/// Its *parameters* are, layer after layer, the weights, row-major `[outputs, inputs]`, then the
/// biases, `[outputs]`. Layers are counted from 0; the last one is the linear one.
package struct NetworkShape: Hashable, Sendable {
    /// The most sine layers that a network may have.
    package static let maximumHiddenLayers = COIN_MAX_HIDDEN_LAYERS
    /// The most neurons that a sine layer may have.
    package static let maximumWidth = COIN_MAX_WIDTH
    /// The most outputs that a network may have.
    package static let maximumOutputs = COIN_MAX_OUTPUTS

    /// Inputs (2), the widths of the sine layers, outputs.
    package let sizes: [Int]
    /// The number of weights and biases.
    package let parameterCount: Int

    /// Creates a shape.
    ///
    /// - Precondition: `isValid(sizes:)`.
    package init(sizes: [Int]) {
        precondition(Self.isValid(sizes: sizes), "no network has the sizes \(sizes)")
        self.sizes = sizes
        parameterCount = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
    }

    /// Returns whether the limits allow a network of these sizes.
    package static func isValid(sizes: [Int]) -> Bool {
        guard (3...maximumHiddenLayers + 2).contains(sizes.count) else { return false }
        return sizes.first == 2
            && sizes[1..<sizes.count - 1].allSatisfy((1...maximumWidth).contains)
            && (1...maximumOutputs).contains(sizes[sizes.count - 1])
    }

    /// The number of affine layers: sine layers + 1.
    package var layerCount: Int { sizes.count - 1 }

    /// The number of outputs.
    package var outputCount: Int { sizes[sizes.count - 1] }

    /// Multiply-adds of one evaluation at one pixel.
    package var macsPerPixel: Int {
        zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Where a layer's weights are in the parameters.
    package func weightRange(layer: Int) -> Range<Int> {
        var start = 0
        for l in 0..<layer { start += (sizes[l] + 1) * sizes[l + 1] }
        return start..<start + sizes[layer] * sizes[layer + 1]
    }

    /// Where a layer's biases are in the parameters.
    package func biasRange(layer: Int) -> Range<Int> {
        let start = weightRange(layer: layer).upperBound
        return start..<start + sizes[layer + 1]
    }

    /// The shape in C.
    var network: coin_network {
        var network = coin_network()
        network.layer_count = UInt32(layerCount)
        unsafe withUnsafeMutableBytes(of: &network.sizes) { bytes in
            for (l, size) in sizes.enumerated() {
                unsafe bytes.storeBytes(of: UInt32(size), toByteOffset: 4 * l, as: UInt32.self)
            }
        }
        return network
    }

    /// Writes the parameters with each layer's weights as `[inputs, outputs]`, in the same
    /// places: the layout that the kernels read when they go forward.
    ///
    /// - Precondition: both have `parameterCount` numbers.
    package func transpose(
        parameters: Span<Float>, into transposed: inout MutableSpan<Float>
    ) {
        precondition(parameters.count == parameterCount && transposed.count == parameterCount)
        var network = network
        unsafe parameters.withUnsafeBufferPointer { from in
            unsafe transposed.withUnsafeMutableBufferPointer { to in
                unsafe coin_network_transpose(&network, from.baseAddress, to.baseAddress)
            }
        }
    }
}
