import FuzzSupport

/// libFuzzer's entry: the bytes are a .tga file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("tga", start, count)
    return 0
}
