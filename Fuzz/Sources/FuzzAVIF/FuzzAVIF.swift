import FuzzSupport

/// libFuzzer's entry: the bytes are a .avif file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("avif", start, count)
    return 0
}
