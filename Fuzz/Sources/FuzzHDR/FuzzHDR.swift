import FuzzSupport

/// libFuzzer's entry: the bytes are a .hdr file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("hdr", start, count)
    return 0
}
