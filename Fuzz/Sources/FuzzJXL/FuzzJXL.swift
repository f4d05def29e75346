import FuzzSupport

/// libFuzzer's entry: the bytes are a .jxl file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("jxl", start, count)
    return 0
}
