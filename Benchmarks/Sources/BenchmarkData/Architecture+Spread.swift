extension Architecture {
    /// Networks of 2 to 13 layers of 8 to 64 neurons, as evenly spread as their number allows: the
    /// same ones each time, and more of them when more are asked for.
    ///
    /// The additive sequence of Roberts 2018, whose steps are powers of the plastic number.
    package static func spread(_ count: Int) -> [Architecture] {
        (0..<count).map { index in
            func part(_ step: Double) -> Double {
                let place = 0.5 + step * Double(index)
                return place - place.rounded(.down)
            }
            return Architecture(
                layers: 2 + Int(part(0.754_877_666_246_693) * 12),
                width: 8 + Int(part(0.569_840_290_998_053) * 57))
        }
    }
}
