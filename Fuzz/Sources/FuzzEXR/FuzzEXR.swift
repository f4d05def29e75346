import FuzzSupport

/// libFuzzer's entry: the bytes are a .exr file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("exr", start, count)
    return 0
}
