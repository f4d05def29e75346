import FuzzSupport

/// libFuzzer's entry: the bytes are a .jp2 or .j2k file.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzReader("jp2", start, count)
    return 0
}
