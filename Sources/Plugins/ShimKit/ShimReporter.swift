package import CShimKit

/// The owner of a shim's reader or writer, which keeps a report of what its library says.
package protocol ShimReporter {
    /// The report, which lives as long as the owner.
    var report: UnsafePointer<shim_report> { get }
}

extension ShimReporter {
    /// Whether the library has said anything of an error.
    package var hasMessage: Bool { unsafe report.pointee.message.0 != 0 }

    /// What the library said of an error.
    package var message: String { unsafe String(cString: shim_report_message(report)) }

    /// How often the library has warned so far.
    package var warningCount: Int { unsafe report.pointee.warning_count }

    /// The text of a warning, or `nil` if there were too many to keep it.
    package func warning(at index: Int) -> String? {
        unsafe shim_report_warning(report, index).map { unsafe String(cString: $0) }
    }
}
