import FuzzSupport

/// libFuzzer's entry: the bytes are a .coin file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("coin", start, count)
    return 0
}
