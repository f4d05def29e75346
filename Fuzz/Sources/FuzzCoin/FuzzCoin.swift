import FuzzSupport

/// libFuzzer's entry: the bytes are a .coin file, once as they are and once with the checksums of
/// its boxes mended, so that what lies behind them is reached.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("coin", start, count)
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if mendCoinChecksums(&bytes) { fuzzReader("coin", bytes) }
    return 0
}
