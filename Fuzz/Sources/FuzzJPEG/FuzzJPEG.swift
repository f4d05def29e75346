import FuzzSupport

/// libFuzzer's entry: the bytes are a .jpg file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("jpeg", start, count)
    return 0
}
