internal import MetadataBlocks

/// An XMP packet after a change of the picture.
struct XMPChange {
    private let change: PictureChange

    init(_ change: PictureChange) { self.change = change }

    /// What holds of a packet.
    func result(of packet: [UInt8]) -> Changed<[UInt8]?> {
        guard case .turned = change else { return edited(packet, losses: []) }
        if let upright = XMPOrientation(in: packet).settingUpright {
            return edited(upright, losses: [])
        }
        return edited(
            packet,
            losses: [
                .part(
                    of: .xmp,
                    "the orientation in the XMP packet has an unusual form and stays, although the "
                        + "picture is turned")
            ])
    }

    private func edited(_ packet: [UInt8], losses: [Loss]) -> Changed<[UInt8]?> {
        guard mentions(packet, XMPNamespace.concerned(by: change.kind)) else {
            return Changed(value: packet, losses: losses)
        }
        guard let properties = XMPProperties(packet) else {
            let isHarmless = !mentions(packet, XMPNamespace.companions + XMPNamespace.whole)
            if isHarmless { return Changed(value: packet, losses: losses) }
            // What may be untrue, or show what is gone, is not kept on chance.
            return Changed(
                value: nil,
                losses: losses + [
                    .part(
                        of: .xmp,
                        "the XMP packet is left out: it says what no longer holds, in a form that is "
                            + "not understood")
                ])
        }
        var edit = XMPEdit(properties)
        switch change {
        case .rewritten: edit.removeClaims()
        case .convertedToSRGB: edit.describeSRGB()
        case .cropped(let region, _): edit.crop(to: region)
        case .turned, .resampled: edit.leaveWhole(after: change)
        }
        return Changed(value: edit.packet, losses: losses + edit.losses)
    }

    /// Whether a packet has one of some namespaces, in UTF-8 or a wider encoding.
    private func mentions(_ packet: [UInt8], _ namespaces: [String]) -> Bool {
        let text = packet.prefix(4).contains(0) ? packet.filter { $0 != 0 } : packet
        return namespaces.contains { text.containsBytes(of: $0) }
    }
}

/// The namespaces of properties that say something of the picture as it is stored, or of its file.
enum XMPNamespace {
    static let exif = "http://ns.adobe.com/exif/1.0/"
    static let tiff = "http://ns.adobe.com/tiff/1.0/"
    static let photoshop = "http://ns.adobe.com/photoshop/1.0/"
    static let basic = "http://ns.adobe.com/xap/1.0/"
    static let camera = "http://ns.google.com/photos/1.0/camera/"
    static let panorama = "http://ns.google.com/photos/1.0/panorama/"
    static let microsoft = "http://ns.microsoft.com/photo/1.2/"

    /// Gain maps and other pictures behind the picture.
    static let companions = [
        "http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/",
        "http://ns.google.com/photos/1.0/container/",
        "http://ns.google.com/photos/1.0/container/item/",
    ]

    /// Regions of the picture, depths of its pixels, and copies of it.
    static let whole = [
        "http://www.metadataworkinggroup.com/schemas/regions/",
        "http://ns.google.com/photos/1.0/depthmap/", "http://ns.google.com/photos/1.0/image/",
    ]

    /// Those whose properties a change may make untrue.
    static func concerned(by change: PictureChange.Kind) -> [String] {
        switch change {
        case .rewritten: companions + [camera]
        case .convertedToSRGB: [exif, photoshop]
        case .cropped, .turned, .resampled: whole + [exif, tiff, basic, panorama, microsoft]
        }
    }
}

/// Changes to the properties of a packet.
struct XMPEdit {
    private let properties: XMPProperties
    private var replaced: [(property: XMPProperties.Property, text: String)] = []
    private var removed: [XMPProperties.Property] = []
    private(set) var losses: [Loss] = []

    init(_ properties: XMPProperties) { self.properties = properties }

    /// The packet after the changes.
    var packet: [UInt8] { properties.packet(replacing: replaced, removing: removed) }

    private mutating func remove(_ found: [XMPProperties.Property], words: String) {
        guard !found.isEmpty else { return }
        removed += found
        losses.append(.part(of: .xmp, words))
    }

    /// Takes out what is said of other parts of a file.
    mutating func removeClaims() {
        let moving: Set<String> = [
            "MotionPhoto", "MotionPhotoVersion", "MotionPhotoPresentationTimestampUs",
            "MicroVideo", "MicroVideoVersion", "MicroVideoOffset",
            "MicroVideoPresentationTimestampUs",
        ]
        remove(
            properties.all(of: XMPNamespace.camera, moving),
            words: "the video of a motion photo and what the XMP packet says of it are left out")
        remove(
            XMPNamespace.companions.flatMap { properties.all(of: $0) },
            words: "the further pictures, such as a gain map (HDR), that the XMP packet tells of, "
                + "and what it says of them are left out")
    }

    /// Makes the packet say sRGB where it says anything of colors.
    mutating func describeSRGB() {
        replaced += properties.all(of: XMPNamespace.exif, ["ColorSpace"]).map { ($0, "1") }
        removed += properties.all(of: XMPNamespace.photoshop, ["ICCProfile"])
        removed += properties.all(of: XMPNamespace.exif, ["Gamma"])
    }

    /// Keeps what holds for a region.
    mutating func crop(to region: PixelRegion) {
        leaveOutPlaces()
        setSize(region.size)
        cropPanorama(to: region)
    }

    /// Keeps what holds for the whole picture, turned or at another size.
    mutating func leaveWhole(after change: PictureChange) {
        if change.showsTheSame {
            // Regions are told in parts of the sides.
            remove(
                properties.all(of: XMPNamespace.exif, Self.subjectNames),
                words: "the place of the subject in the XMP packet is left out")
        } else {
            leaveOutPlaces()
        }
        if let size = change.newSize { setSize(size) }
        remove(
            properties.all(of: XMPNamespace.panorama),
            words: "what the XMP packet says of a panorama is left out")
    }

    /// What tells of the subject in pixels.
    private static let subjectNames: Set<String> = ["SubjectArea", "SubjectLocation"]

    /// Takes out regions and copies of the picture.
    private mutating func leaveOutPlaces() {
        remove(
            XMPNamespace.whole.flatMap { properties.all(of: $0) }
                + properties.all(of: XMPNamespace.microsoft, ["RegionInfo"])
                + properties.all(of: XMPNamespace.basic, ["Thumbnails"])
                + properties.all(of: XMPNamespace.exif, Self.subjectNames),
            words: "regions, depths and small copies of the picture as it was before are left out "
                + "of the XMP packet")
    }

    private mutating func setSize(_ size: ImageSize) {
        let names = [
            (XMPNamespace.exif, "PixelXDimension", size.width),
            (XMPNamespace.exif, "PixelYDimension", size.height),
            (XMPNamespace.tiff, "ImageWidth", size.width),
            (XMPNamespace.tiff, "ImageLength", size.height),
        ]
        for (namespace, name, value) in names {
            replaced += properties.all(of: namespace, [name]).map { ($0, "\(value)") }
        }
    }

    /// Tells which part of a panorama there is now, or takes out what is said of it.
    private mutating func cropPanorama(to region: PixelRegion) {
        let names = [
            "CroppedAreaLeftPixels", "CroppedAreaTopPixels", "CroppedAreaImageWidthPixels",
            "CroppedAreaImageHeightPixels",
        ]
        let found = names.map { properties.all(of: XMPNamespace.panorama, [$0]) }
        let start = found.prefix(2).map { $0.first.flatMap(properties.text).flatMap { Int($0) } }
        guard let left = start[0], let top = start[1], found.allSatisfy({ $0.count == 1 }) else {
            remove(
                properties.all(of: XMPNamespace.panorama),
                words: "what the XMP packet says of a panorama is left out")
            return
        }
        let (x, y) = (region.columns.lowerBound, region.rows.lowerBound)
        let values = [
            left.addingReportingOverflow(x).partialValue,
            top.addingReportingOverflow(y).partialValue, region.size.width, region.size.height,
        ]
        for (properties, value) in zip(found, values) {
            replaced += properties.map { ($0, "\(value)") }
        }
    }
}

extension [UInt8] {
    /// Whether the bytes of a text are among these.
    func containsBytes(of text: String) -> Bool {
        let pattern = Array(text.utf8)
        guard let head = pattern.first else { return true }
        var rest = self[...]
        while let place = rest.firstIndex(of: head) {
            rest = rest[place...]
            if rest.starts(with: pattern) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
