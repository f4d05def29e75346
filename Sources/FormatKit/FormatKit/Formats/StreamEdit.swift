/// What becomes another in a coded stream although nothing is encoded again: what it says beside its
/// picture, and perhaps which side of that is up.
package struct StreamEdit: Sendable, Equatable {
    /// The orientation from which the picture is turned upright, or ``Orientation/up`` if it stays as it
    /// is.
    package let turning: Orientation

    /// Creates an edit.
    package init(turning: Orientation) {
        self.turning = turning
    }

    /// Whether the picture is turned.
    package var isTurning: Bool { turning != .up }
}

/// How the picture in a coded stream can be turned upright without being encoded again: by its blocks,
/// which move as wholes.
package struct StreamTurns: Sendable, Equatable {
    /// The orientations from which it can.
    package let orientations: Set<Orientation>
    /// The memory that it takes, in bytes.
    package let heldByteCount: Int

    /// The turns of a picture that consists of blocks from its first corner on.
    ///
    /// A block that the last edge cuts can only stay at it: rows are not reversed in a picture whose
    /// width, nor columns in one whose height, is not one of whole blocks.
    ///
    /// - Parameters:
    ///   - size: The size of the stored picture.
    ///   - blockSize: That of a block, in pixels, at least 1 by 1.
    ///   - heldByteCount: The memory that turning takes, in bytes.
    package init(of size: ImageSize, blockSize: ImageSize, heldByteCount: Int) {
        let isWholeAcross = size.width.isMultiple(of: blockSize.width)
        let isWholeDown = size.height.isMultiple(of: blockSize.height)
        orientations = Set(
            Orientation.allCases.filter { orientation in
                let isReversed = (orientation.isReversingRows, orientation.isReversingColumns)
                let (across, down) =
                    orientation.isTransposing ? (isReversed.1, isReversed.0) : isReversed
                return (!across || isWholeAcross) && (!down || isWholeDown)
            })
        self.heldByteCount = heldByteCount
    }
}
