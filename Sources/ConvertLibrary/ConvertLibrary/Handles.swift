internal import CImgconv

/// Does what a call asks for, and gives its caller a handle or an error.
///
/// - Parameters:
///   - handle: Where the handle goes, which is none after an error.
///   - error: What says how the call ended.
///   - body: The work; it returns what the handle stands for.
/// - Returns: How the call ended.
@unsafe func answer(
    _ handle: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<imgconv_error>?,
    _ body: () throws(CallError) -> some AnyObject
) -> imgconv_status {
    if let handle = unsafe handle { unsafe handle.pointee = nil }
    do throws(CallError) {
        let object = try body()
        if let handle = unsafe handle {
            unsafe handle.pointee = OpaquePointer(Unmanaged.passRetained(object).toOpaque())
        }
        unsafe CallError.fillSuccess(error)
        return IMGCONV_OK
    } catch let failure {
        unsafe failure.fill(error)
        return failure.status
    }
}

/// The object that a handle stands for.
@unsafe func object<Object: AnyObject>(_ handle: OpaquePointer?) -> Object? {
    guard let handle = unsafe handle else { return nil }
    return unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
}

/// Gives back what a handle stands for.
@unsafe func release<Object: AnyObject>(_ type: Object.Type, _ handle: OpaquePointer?) {
    guard let handle = unsafe handle else { return }
    unsafe Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
}
