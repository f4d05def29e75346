import FuzzSupport

/// libFuzzer's entry: the bytes are a .tiff file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("tiff", start, count)
    return 0
}
