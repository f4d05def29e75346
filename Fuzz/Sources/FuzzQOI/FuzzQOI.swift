import FuzzSupport

/// libFuzzer's entry: the bytes are a .qoi file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("qoi", start, count)
    return 0
}
