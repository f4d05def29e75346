import FuzzSupport

/// libFuzzer's entry: the bytes are a .ico file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("ico", start, count)
    return 0
}
