internal import FormatKit

/// How the components of a codestream become the channels of pixels.
struct JP2Channels {
    /// One channel.
    struct Channel: Equatable {
        /// The component that it is made of.
        let component: Int
        /// The bits of a sample.
        let bits: Int
        /// What samples are looked up in, if the component holds places in a palette.
        var values: [Int]?
    }

    let layout: PixelLayout
    /// Those of the layout, in its order.
    let channels: [Channel]
    /// Whether the colors are luma and chroma.
    let isYCC: Bool
    let form: SampleForm
    let storage: SampleStorage?
    private(set) var losses: [Loss] = []

    /// The most bits of a sample that pixels have.
    private static let bitLimit = 16

    init(
        _ boxes: JP2Boxes, _ grid: TileGrid, _ format: FormatID
    ) throws(ImageError) {
        let bitCount = grid.components.map(\.bits).max() ?? 1
        if let name = boxes.foreignColor(bitCount: bitCount) {
            throw .unsupported(format, "the color space \(name)")
        }
        let leavesColumnsOut = Self.leavesColumnsOut(boxes, grid)
        let all = try Self.all(boxes, grid, inOrder: leavesColumnsOut, format)
        let model = try Self.model(boxes.color, all, format)
        let steps = grid.components.map(\.columnStep)
        let isChromaCoarse =
            boxes.color == nil && all.count == 3 && steps.count == 3 && steps[0] == 1
            && steps[1] > 1
        isYCC = boxes.color == .sYCC || isChromaCoarse
        let colors = Self.colors(boxes.definitions, model.channelCount, all.count)
        let alpha = Self.alpha(boxes.definitions, colors, all.count)
        var used = colors.map { all[$0] }
        if let alpha { used.append(all[alpha.index]) }
        for channel in used { try Self.check(channel, grid, format) }
        if isYCC {
            guard Set(used.prefix(3).map { grid.components[$0.component] }.map(\.bits)).count == 1,
                used.prefix(3).allSatisfy({ $0.values == nil })
            else { throw .unsupported(format, "luma and chroma of different depths") }
        }
        channels = used
        let bits = used.map(\.bits).max() ?? 8
        layout = PixelLayout(
            model, bits > 8 ? .uint16 : .uint8, alpha: alpha?.mode ?? .opaque)
        var form: SampleForm = alpha?.isSaid == false ? .unspecifiedAlpha : []
        let isSigned = used.contains { grid.components[$0.component].isSigned && $0.values == nil }
        // Signed chroma is what it is anyway.
        if isSigned, !isYCC { form.insert(.signed) }
        self.form = form
        storage = Self.storage(used, layout, boxes.palette)
        let rest = all.count - used.count
        if rest > 0 { losses.append(.channels(rest)) }
        if leavesColumnsOut {
            losses.append(
                .picture("the columns of the palette that no channel has are taken in order"))
        }
    }

    /// Whether channels of one component are looked up in some columns of a palette and not in others.
    ///
    /// Some programs write that where they mean the columns in their order; OpenJPEG reads it so, too.
    private static func leavesColumnsOut(_ boxes: JP2Boxes, _ grid: TileGrid) -> Bool {
        guard let palette = boxes.palette, let mapping = boxes.mapping else { return false }
        return grid.components.count == 1 && mapping.count == palette.columns.count
            && Set(mapping.compactMap(\.column)) != Set(palette.columns.indices)
    }

    /// All channels of the file (§I.5.3.5), or the columns of its palette in their order.
    private static func all(
        _ boxes: JP2Boxes, _ grid: TileGrid, inOrder isInOrder: Bool, _ format: FormatID
    ) throws(ImageError) -> [Channel] {
        guard let palette = boxes.palette, let mapping = boxes.mapping else {
            if boxes.palette != nil {
                throw .malformed(format, "a palette that no channel is looked up in")
            }
            return grid.components.enumerated().map {
                Channel(component: $0.offset, bits: $0.element.bits)
            }
        }
        let entries =
            isInOrder
            ? palette.columns.indices.map { JP2Mapping(component: 0, column: $0) } : mapping
        var channels: [Channel] = []
        for entry in entries {
            guard entry.component < grid.components.count,
                entry.column.map({ $0 < palette.columns.count }) ?? true
            else { throw .malformed(format, "a channel of what is not there") }
            channels.append(
                entry.column.map {
                    Channel(
                        component: entry.component, bits: palette.bits[$0],
                        values: palette.columns[$0])
                }
                    ?? Channel(
                        component: entry.component, bits: grid.components[entry.component].bits))
        }
        guard !channels.isEmpty else { throw .malformed(format, "no channel") }
        return channels
    }

    private static func model(
        _ color: JP2Color?, _ channels: [Channel], _ format: FormatID
    ) throws(ImageError) -> ColorModel {
        guard let color else {
            // Of a bare codestream, what its number of components suggests.
            guard channels.count <= 4 else {
                throw .unsupported(format, "\(channels.count) components without a color space")
            }
            return channels.count < 3 ? .gray : .rgb
        }
        guard let model = color.model else {
            throw .unsupported(format, "an ICC profile for other colors than gray, RGB and CMYK")
        }
        guard channels.count >= model.channelCount else {
            // Gray pictures that are called sRGB are not rare.
            if channels.count < 3, model == .rgb, color != .sYCC { return .gray }
            throw .malformed(format, "\(channels.count) channels of \(color.name)")
        }
        return model
    }

    /// The channel of each color.
    private static func colors(
        _ definitions: [JP2ChannelDefinition], _ count: Int, _ channelCount: Int
    ) -> [Int] {
        let found = (1...count).map { color in
            definitions.first {
                $0.use == .color && $0.association == color && $0.channel < channelCount
            }?.channel
        }
        let known = found.compactMap(\.self)
        return Set(known).count == count ? known : Array(0..<count)
    }

    private static func alpha(
        _ definitions: [JP2ChannelDefinition], _ colors: [Int], _ channelCount: Int
    ) -> (index: Int, mode: AlphaMode, isSaid: Bool)? {
        let said = definitions.first {
            ($0.use == .opacity || $0.use == .premultipliedOpacity) && $0.association == 0
                && $0.channel < channelCount && !colors.contains($0.channel)
        }
        if let said {
            return (said.channel, said.use == .opacity ? .straight : .premultiplied, true)
        }
        // One more of which nothing is said.
        let others = (0..<channelCount).filter { !colors.contains($0) }
        guard others.count == 1, let other = others.first else { return nil }
        let isKnown = definitions.contains {
            $0.channel == other && $0.use != nil && $0.use != .unspecified
        }
        return isKnown ? nil : (other, .straight, false)
    }

    private static func check(
        _ channel: Channel, _ grid: TileGrid, _ format: FormatID
    ) throws(ImageError) {
        let (component, first) = (grid.components[channel.component], grid.components[0])
        guard component.bits <= bitLimit else {
            throw .unsupported(format, "\(component.bits) bits a sample")
        }
        guard component.columnStep % first.columnStep == 0,
            component.rowStep % first.rowStep == 0
        else { throw .unsupported(format, "a component with more samples than the first") }
    }

    private static func storage(
        _ channels: [Channel], _ layout: PixelLayout, _ palette: JP2Palette?
    ) -> SampleStorage? {
        if layout == PixelLayout(.gray, .uint8), channels[0].values == nil,
            [1, 2, 4].contains(channels[0].bits)
        {
            return .packedGray(bitCount: channels[0].bits)
        }
        guard layout.model == .rgb, layout.sample == .uint8,
            Set(channels.map(\.component)).count == 1
        else { return nil }
        let columns = channels.compactMap { channel in
            channel.values?.map { UInt8(scaled($0, channel.bits, to: 255)) }
        }
        guard columns.count == channels.count, let count = columns.first?.count, count <= 256 else {
            return nil
        }
        let colors = (0..<count).map { index in
            RGBAColor(
                red: columns[0][index], green: columns[1][index], blue: columns[2][index],
                alpha: columns.count > 3 ? columns[3][index] : 255)
        }
        let bits = [1, 2, 4].first { 1 << $0 >= count } ?? 8
        return .palette(Palette(colors, indexBitCount: bits))
    }

    /// Whether all samples of the picture are its components', one for each pixel.
    func isPlain(_ grid: TileGrid) -> Bool {
        channels.allSatisfy { channel in
            let component = grid.components[channel.component]
            return channel.values == nil
                && component.columnStep == grid.components[0].columnStep
                && component.rowStep == grid.components[0].rowStep
        }
    }

    /// The most bits that a sample has.
    var bits: Int { channels.map(\.bits).max() ?? 8 }

    /// The bits of each channel, if they are not the same.
    var differentBits: [Int]? {
        Set(channels.map(\.bits)).count > 1 ? channels.map(\.bits) : nil
    }

    /// For each channel, what its component's values become, from the lowest on.
    func tables(_ grid: TileGrid) -> [[UInt16]] {
        let full = layout.sample == .uint16 ? 65_535 : 255
        return channels.map { channel in
            let count = 1 << grid.components[channel.component].bits
            guard let values = channel.values, let last = values.last else {
                return (0..<count).map { UInt16(Self.scaled($0, channel.bits, to: full)) }
            }
            return (0..<count).map { index in
                let value = index < values.count ? values[index] : last
                return UInt16(Self.scaled(value, channel.bits, to: full))
            }
        }
    }

    private static func scaled(_ value: Int, _ bits: Int, to full: Int) -> Int {
        let maximum = 1 << bits - 1
        return (value * full + maximum / 2) / maximum
    }
}
