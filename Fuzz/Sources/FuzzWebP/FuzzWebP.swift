import FuzzSupport

/// libFuzzer's entry: the bytes are a .webp file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("webp", start, count)
    return 0
}
