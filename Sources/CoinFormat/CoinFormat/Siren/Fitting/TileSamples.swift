internal import FormatKit

/// What one network is fitted to: the pixels of a tile with its overlap, and their coordinates.
struct TileSamples: Sendable {
    /// The number of columns.
    let width: Int
    /// The number of rows.
    let height: Int
    /// The horizontal coordinate of each column, as the decoder computes it.
    let x: [Float]
    /// The vertical coordinate of each row, as the decoder computes it.
    let y: [Float]
    /// The channels of each pixel, row by row, in 0…1.
    let values: [Float]
    /// The number of channels.
    let channelCount: Int
    /// Whether the last channel is alpha, by which the error of color is weighted.
    let hasAlpha: Bool

    /// The number of pixels.
    var count: Int { width * height }

    /// The mean of each channel.
    var means: [Float] {
        (0..<channelCount).map { channel in
            let places = stride(from: channel, to: values.count, by: channelCount)
            return Float(places.reduce(0.0) { $0 + Double(values[$1]) } / Double(count))
        }
    }

    /// Takes the samples of a tile from an image.
    init(column: Int, row: Int, grid: TileGrid, raster: Raster) {
        let scale = grid.coordinateScale(column: column, row: row)
        let columns = grid.horizontal.extent(column)
        let rows = grid.vertical.extent(row)
        let horizontal = SampleAxis(tiles: grid.horizontal, count: grid.size.width)
        let vertical = SampleAxis(tiles: grid.vertical, count: grid.size.height)
        width = columns.count
        height = rows.count
        x = columns.map { horizontal.coordinate($0, tile: column, scale: scale) }
        y = rows.map { vertical.coordinate($0, tile: row, scale: scale) }
        channelCount = raster.layout.channelCount
        hasAlpha = raster.layout.hasAlpha
        values = raster.values(columns: columns, rows: rows)
    }
}
