internal import FormatKit

extension ItemReport {
    /// How a target was reached.
    package struct Target: Sendable, Equatable {
        /// What was wanted: `bytes`, `psnr` or `ms_ssim`.
        package let kind: String
        /// How much of it.
        package let wanted: Double
        /// How much there is.
        package let reached: Double
        /// What was varied: `quality`, or an option such as `coin.bpp`.
        package let setting: String
        /// Its value.
        package let value: Double
        /// How often the pictures were encoded.
        package let attemptCount: Int

        init(_ reached: ReachedTarget, format: FormatID) {
            kind = reached.target.name
            wanted = reached.target.value
            self.reached = reached.value
            setting =
                reached.setting == ReachedTarget.quality
                ? reached.setting : "\(format).\(reached.setting)"
            value = reached.settingValue
            attemptCount = reached.attemptCount
        }

        /// One line for people, such as `a PSNR of 40.03 dB at quality 81.2, 5 attempts`.
        package var text: String {
            let amount =
                switch kind {
                case "bytes": "\(Int(reached.clamped(to: 0...1e15))) bytes"
                case "psnr" where reached.isInfinite: "every sample as it is"
                case "psnr":
                    "a PSNR of \(Decimals.text(reached.clamped(to: 0...1e6), digits: 2)) dB"
                default: "an MS-SSIM of \(Decimals.text(reached, digits: 5))"
                }
            return "\(amount) at \(setting) \(value), "
                + "\(attemptCount) attempt\(attemptCount == 1 ? "" : "s")"
        }
    }
}

extension ItemReport.Target {
    /// The members that `--json` prints of it.
    package var json: JSONValue {
        [
            "kind": .string(kind), "wanted": .real(wanted), "reached": .real(reached),
            "setting": .string(setting), "value": .real(value),
            "attempts": .integer(attemptCount),
        ]
    }

    /// The target that another process sent.
    init?(json: JSONValue) {
        guard let kind = json["kind"]?.text, let wanted = json["wanted"]?.number,
            let setting = json["setting"]?.text, let value = json["value"]?.number,
            let attemptCount = json["attempts"]?.wholeNumber
        else { return nil }
        self.kind = kind
        self.wanted = wanted
        // What is equal has an infinite PSNR, which JSON cannot say.
        reached = json["reached"]?.number ?? .infinity
        self.setting = setting
        self.value = value
        self.attemptCount = attemptCount
    }
}
