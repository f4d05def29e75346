import FuzzSupport

/// libFuzzer's entry: the bytes are a .gif file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("gif", start, count)
    return 0
}
