package import CShimKit
package import FormatKit

extension CallbackSource {
    /// What reads for a shim; its context is an ``address``.
    package static let shimRead: shim_read = {
        unsafe CallbackSource.read($0, at: $1, into: $2, count: $3)
    }

    /// What tells a shim whether to end; its context is an ``address``.
    package static let shimIsCancelled: shim_is_cancelled = {
        unsafe CallbackSource.isCancelled($0) ? 1 : 0
    }
}

extension CallbackSink {
    /// What reads for a shim what it has written; its context is an ``address``.
    package static let shimRead: shim_read = {
        unsafe CallbackSink.read($0, at: $1, into: $2, count: $3)
    }

    /// What writes for a shim; its context is an ``address``.
    package static let shimWrite: shim_write = { context, offset, bytes, count in
        unsafe CallbackSink.write(context, bytes, count: count, at: offset)
    }

    /// What writes for a shim at the end; its context is an ``address``.
    package static let shimAppend: shim_append = { context, bytes, count in
        unsafe CallbackSink.write(context, bytes, count: count)
    }
}
