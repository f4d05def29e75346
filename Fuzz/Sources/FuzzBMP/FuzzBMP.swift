import FuzzSupport

/// libFuzzer's entry: the bytes are a .bmp file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("bmp", start, count)
    return 0
}
