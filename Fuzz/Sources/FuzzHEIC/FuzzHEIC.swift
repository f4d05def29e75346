import FuzzSupport

/// libFuzzer's entry: the bytes are a .heic file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("heic", start, count)
    return 0
}
