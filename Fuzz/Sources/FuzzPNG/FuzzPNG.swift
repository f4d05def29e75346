import FuzzSupport

/// libFuzzer's entry: the bytes are a .png file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("png", start, count)
    return 0
}
