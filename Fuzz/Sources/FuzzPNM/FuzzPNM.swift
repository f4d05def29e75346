import FuzzSupport

/// libFuzzer's entry: the bytes are a file of the Netpbm family, each of whose readers is asked.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    for format in ["pbm", "pgm", "ppm", "pam", "pfm"] { fuzzReader(format, start, count) }
    return 0
}
