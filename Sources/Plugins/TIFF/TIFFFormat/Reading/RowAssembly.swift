import FormatKit

import CTIFFShim

extension TIFFPage {
    /// Turns a buffered row into pixels.
    func assemble(
        _ row: Int, of buffer: BlockBuffer, into output: UnsafeMutableRawBufferPointer
    ) {
        if samples.isDirect {
            unsafe buffer.withRow(row, plane: 0) { source in
                unsafe output.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[..<output.count]))
            }
        } else {
            for (index, channel) in samples.channels.enumerated() {
                let plane = geometry.planes.count > 1 ? index : 0
                unsafe buffer.withRow(row, plane: plane) { source in
                    unsafe spread(channel, index, of: source, over: output)
                }
            }
        }
        unsafe samples.conversion?.convert(output, layout: header.layout)
    }

    /// Puts one channel of a row into its places.
    private func spread(
        _ channel: SampleInterpretation.Channel, _ index: Int, of row: UnsafeRawBufferPointer,
        over output: UnsafeMutableRawBufferPointer
    ) {
        var source = unsafe ctiff_channel()
        unsafe source.row = row.assumingMemoryBound(to: UInt8.self).baseAddress
        unsafe source.bits = UInt32(bitsPerSample)
        unsafe source.samples_per_pixel = UInt32(samplesPerRowPixel)
        unsafe source.sample = UInt32(samplesPerRowPixel == 1 ? 0 : channel.sample)
        unsafe source.channel_count = UInt32(samples.channels.count)
        unsafe source.channel = UInt32(index)
        unsafe source.output_byte_count = UInt32(header.layout.sample.byteCount)
        unsafe source.is_float = isFloat || deliversStoredSamples ? 1 : 0
        unsafe source.is_signed = isSigned ? 1 : 0
        unsafe source.is_inverted = channel.isInverted ? 1 : 0
        guard let table = channel.table else {
            unsafe ctiff_spread(&source, output.baseAddress, header.size.width)
            return
        }
        unsafe table.withUnsafeBufferPointer { table in
            unsafe source.table = table.baseAddress
            unsafe ctiff_spread(&source, output.baseAddress, header.size.width)
        }
    }
}
