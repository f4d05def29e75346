# Builds from the source: brew install --HEAD ./imgconv.rb
class Imgconv < Formula
  desc "Image converter made of plugins, with the .coin format"
  homepage "https://example.org/imgconv"
  license "Apache-2.0"
  head "https://example.org/imgconv.git", branch: "main"

  depends_on "pkgconf" => :build
  depends_on "jpeg-turbo"
  depends_on "jpeg-xl"
  depends_on "libavif"
  depends_on "libheif"
  depends_on "libpng"
  depends_on "libtiff"
  depends_on "little-cms2"
  depends_on "openexr"
  depends_on "openjpeg"
  depends_on "webp"
  uses_from_macos "swift" => :build
  uses_from_macos "zlib"

  def install
    # Homebrew's own sandbox takes none of SwiftPM's inside.
    ENV["SWIFT_BUILD_OPTIONS"] = "--disable-sandbox"
    system "scripts/install", "--prefix", prefix
  end

  test do
    (testpath/"in.pgm").write "P5 2 2 255\nabcd"
    system bin/"imgconv", "in.pgm", "out.png"
    assert_match "\"identical\":true", shell_output("#{bin}/imgconv compare --json in.pgm out.png")
  end
end
