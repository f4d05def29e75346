#!/usr/bin/env python3
"""Tests of the package coin_image; what Pillow and NumPy are needed for is skipped without them.

COIN_IMGCONV names libimgconv, for writing, and COIN_CONVERT the converter, for comparing; without
them that is skipped.
"""

import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

VECTORS = pathlib.Path(os.environ.get("COIN_VECTORS") or
                       pathlib.Path(__file__).resolve().parents[2] / "spec/vectors")

import coin_image  # noqa: E402

try:
    import numpy
except ImportError:
    numpy = None
try:
    import PIL
    from PIL import Image, ImageOps
except ImportError:
    PIL = None


def vectors(*groups):
    for group in groups:
        for folder in sorted((VECTORS / group).iterdir()):
            description = json.loads((folder / "vector.json").read_text())
            yield folder, (folder / "input.coin").read_bytes(), description


def stream(name):
    return (VECTORS / "valid" / name / "input.coin").read_bytes()


def samples(path):
    """The samples of a PAM file, 16 bits in the order of this machine."""
    data = path.read_bytes()
    start = data.index(b"ENDHDR\n") + 7
    body = bytearray(data[start:])
    if b"MAXVAL 65535" in data[:start] and sys.byteorder == "little":
        body[0::2], body[1::2] = body[1::2], body[0::2]
    return body


WIDE = coin_image.Limits(pixels=2**48, multiply_adds=2**60)


class PictureTests(unittest.TestCase):
    def test_vectors_decode_to_exactly_the_samples_expected(self):
        count = 0
        for folder, data, description in vectors("valid", "unusual"):
            if "size" in description:
                continue  # another size than an octave's, for C alone
            with self.subTest(folder.name), coin_image.Picture(data, WIDE) as picture:
                info = picture.info
                self.assertEqual(
                    (info.width, info.height, info.channels, info.bit_depth),
                    tuple(description[key] for key in ("width", "height", "channels", "bit_depth")))
                region = description.get("region")
                self.assertEqual(picture.decode(region=region and tuple(region)),
                                 samples(folder / "expected.pam"))
                for octave in range(1, description.get("octaves", 1)):
                    self.assertEqual(picture.decode(octave),
                                     samples(folder / f"octave{octave}.pam"))
                for key in ("icc", "exif", "xmp"):
                    expected = description.get("metadata", {}).get(key)
                    found = getattr(picture, key)
                    self.assertEqual(None if found is None else found.hex(), expected)
                count += 1
        self.assertGreater(count, 60)

    def test_faulty_vectors_are_errors_with_their_offset(self):
        for folder, data, description in vectors("faulty"):
            with self.subTest(folder.name):
                with self.assertRaises(coin_image.CoinError) as caught:
                    coin_image.Picture(data, WIDE).decode()
                self.assertEqual(caught.exception.offset, description["offset"])
                kinds = {"truncated": coin_image.TruncatedError,
                         "unsupportedVersion": coin_image.UnsupportedError}
                self.assertIsInstance(caught.exception,
                                      kinds.get(description["error"], coin_image.CoinError))

    def test_every_prefix_is_an_error(self):
        data = stream("021-latents-rgb")
        for count in range(len(data)):
            with self.assertRaises(coin_image.TruncatedError):
                coin_image.Picture(data[:count])

    def test_limits_hold(self):
        data = stream("027-latents-tiles")
        for limits in (coin_image.Limits(pixels=45 * 37 - 1), coin_image.Limits(memory=10**5),
                       coin_image.Limits(multiply_adds=1000)):
            with self.assertRaises(coin_image.LimitError):
                coin_image.Picture(data, limits)

    def test_mistakes_are_value_errors(self):
        picture = coin_image.Picture(bytearray(stream("027-latents-tiles")))
        for octave, region in [(4, None), (-1, None), (0, (0, 0, 46, 1)), (0, (0, 0, 0, 0)),
                               (0, (-1, 0, 1, 1)), (2**32, None)]:
            with self.assertRaises(ValueError):
                picture.decode(octave, region)
        with self.assertRaises(ValueError):
            picture.decode_into(bytearray(10))
        picture.close()
        picture.close()
        with self.assertRaises(ValueError):
            picture.decode()

    def test_progress_stops_and_raises(self):
        picture = coin_image.Picture(stream("027-latents-tiles"))
        calls = []
        picture.decode(progress=lambda done, total: calls.append((done, total)))
        self.assertTrue(all(done <= total == 45 * 37 for done, total in calls))
        with self.assertRaises(coin_image.CoinError):
            picture.decode(progress=lambda *_: True)

        def fails(*_):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            picture.decode(progress=fails)

    def test_threads_share_a_picture(self):
        picture = coin_image.Picture(stream("027-latents-tiles"))
        expected, found = picture.decode(), []
        threads = [threading.Thread(target=lambda: found.append(picture.decode()))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [expected] * 8)

    def test_the_header_alone(self):
        data = stream("027-latents-tiles")
        self.assertEqual(coin_image.probe(data[:70]).octaves, 4)
        with self.assertRaises(coin_image.CoinError):
            coin_image.probe(b"\x89PNG\r\n\x1a\n")
        self.assertEqual(coin_image.library_version(), (0, 1, 0))


@unittest.skipIf(numpy is None, "NumPy is not installed")
class NumpyTests(unittest.TestCase):
    def test_shapes_types_and_samples(self):
        for name, shape, kind in [("017-latents-gray", 2, "uint8"), ("003-rgb", 3, "uint8"),
                                  ("022-latents-rgb-16", 3, "uint16")]:
            folder = VECTORS / "valid" / name
            array = coin_image.read(folder / "input.coin")
            self.assertEqual((array.ndim, str(array.dtype)), (shape, kind))
            self.assertEqual(array.tobytes(), samples(folder / "expected.pam"))
            part = coin_image.read(stream(name), region=(1, 2, 4, 3))
            self.assertTrue(numpy.array_equal(part, array[2:5, 1:5]))


@unittest.skipIf(PIL is None, "Pillow is not installed")
class PillowTests(unittest.TestCase):
    def setUp(self):
        coin_image.register()
        coin_image.register()

    def test_modes_and_samples(self):
        modes = {"017-latents-gray": "L", "002-gray-alpha": "LA", "003-rgb": "RGB",
                 "004-rgba": "RGBA", "022-latents-rgb-16": "RGB"}
        for name, mode in modes.items():
            with self.subTest(name):
                folder = VECTORS / "valid" / name
                image = Image.open(folder / "input.coin")
                self.assertEqual((image.format, image.mode), ("COIN", mode))
                expected = bytes(samples(folder / "expected.pam"))
                if name.endswith("16"):
                    wide = memoryview(expected).cast("H")
                    expected = bytes((sample * 255 + 32767) // 65535 for sample in wide)
                self.assertEqual(image.tobytes(), expected)

    def test_metadata(self):
        data = stream("010-metadata")
        picture = coin_image.Picture(data)
        image = Image.open(io.BytesIO(data))
        self.assertEqual(image.info["icc_profile"], picture.icc)
        self.assertEqual(image.info["xmp"], picture.xmp)
        self.assertEqual(image.info["dpi"], picture.info.dpi)
        self.assertEqual(image.getexif().get(0x0112, 1), picture.info.orientation)
        turned = ImageOps.exif_transpose(image)
        if picture.info.orientation > 4:
            self.assertEqual(turned.size, image.size[::-1])

    def test_draft_decodes_an_octave(self):
        folder = VECTORS / "valid" / "027-latents-tiles"
        for size, octave in [((45, 37), 0), ((23, 19), 1), ((22, 10), 1), ((6, 5), 3), ((1, 1), 3)]:
            with self.subTest(size=size):
                image = Image.open(folder / "input.coin")
                image.draft("RGB", size)
                expected = samples(folder / (f"octave{octave}.pam" if octave else "expected.pam"))
                self.assertEqual(image.tobytes(), expected)
        small = Image.open(folder / "input.coin")
        small.thumbnail((12, 12))
        whole = Image.open(folder / "input.coin")
        whole.load()
        whole.thumbnail((12, 12))
        self.assertEqual(small.tobytes(), whole.tobytes())

    def test_damage_is_an_error(self):
        data = stream("027-latents-tiles")
        with self.assertRaises(coin_image.TruncatedError):
            Image.open(io.BytesIO(data[:-1]))
        with self.assertRaises(coin_image.CoinError):
            Image.open(io.BytesIO(data[:100] + b"\0" + data[101:]))

    @unittest.skipUnless(os.environ.get("COIN_IMGCONV"), "COIN_IMGCONV names no libimgconv")
    def test_save_keeps_size_mode_and_metadata(self):
        gradient = Image.linear_gradient("L").resize((40, 30))
        wide = Image.frombytes("I;16", (40, 30), gradient.tobytes() * 2)
        exif = Image.Exif()
        exif[0x0112] = 6
        for image in (gradient, wide, gradient.convert("LA"), gradient.convert("RGB"),
                      gradient.convert("RGBA")):
            with self.subTest(image.mode):
                file = io.BytesIO()
                image.save(file, "COIN", effort=1, exif=exif, xmp=b"<x/>", dpi=(300, 150),
                           icc_profile=b"")
                again = Image.open(file)
                self.assertEqual((again.size, again.mode), (image.size, image.mode))
                self.assertEqual(again.getexif()[0x0112], 6)
                self.assertEqual(again.info["xmp"], b"<x/>")
                self.assertEqual([round(n) for n in again.info["dpi"]], [300, 150])
                again.load()
        palette = gradient.convert("P")
        palette.save(file := io.BytesIO(), "COIN", effort=1)
        self.assertEqual(Image.open(file).mode, "RGB")

    @unittest.skipUnless(os.environ.get("COIN_IMGCONV"), "COIN_IMGCONV names no libimgconv")
    def test_what_cannot_be_saved_is_an_exception(self):
        image = Image.new("RGB", (8, 8))
        for settings in ({"quality": 1000}, {"effort": 0}, {"options": "nothing=3"},
                         {"bpp": "many"}, {"options": "depth=12"}):
            with self.subTest(settings), tempfile.TemporaryDirectory() as folder:
                with self.assertRaises(ValueError):
                    image.save(pathlib.Path(folder) / "a.coin", **settings)
        with self.assertRaises(coin_image.EncodeError) as caught:
            image.save(io.BytesIO(), "COIN", options="max-pixels=63")
        self.assertEqual(caught.exception.status, 5)

    @unittest.skipUnless(os.environ.get("COIN_IMGCONV") and os.environ.get("COIN_CONVERT"),
                         "COIN_IMGCONV or COIN_CONVERT names nothing")
    def test_save_gives_what_the_command_writes(self):
        image = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
        with tempfile.TemporaryDirectory() as folder:
            source, target, saved = (pathlib.Path(folder) / name
                                     for name in ("a.png", "command.coin", "saved.coin"))
            image.save(source)
            for settings in ({"quality": 60}, {"bpp": 2}, {"options": "target-psnr=30"}):
                with self.subTest(settings):
                    image.save(saved, effort=1, **settings)
                    words = [f"--option=coin.bpp={value}" if name == "bpp" else
                             f"--{value}" if name == "options" else f"--{name}={value}"
                             for name, value in settings.items()]
                    subprocess.run(
                        [os.environ["COIN_CONVERT"], source, target, "--quiet", "--overwrite",
                         "--effort=1", *words], check=True)
                    self.assertEqual(saved.read_bytes(), target.read_bytes())


@unittest.skipUnless(os.environ.get("COIN_IMGCONV"), "COIN_IMGCONV names no libimgconv")
class EncoderTests(unittest.TestCase):
    gray = bytes(range(0, 240, 2)) * 4  # 20 columns, 24 rows

    def test_samples_come_back_nearly(self):
        data = coin_image.encode_samples(self.gray, 20, 24, 1, options="effort=1 quality=95")
        with coin_image.Picture(data) as picture:
            self.assertEqual((picture.info.width, picture.info.height), (20, 24))
            found = picture.decode()
        difference = sum(abs(a - b) for a, b in zip(found, self.gray)) / len(found)
        self.assertLess(difference, 8)
        version = coin_image.encoder_version()
        self.assertEqual([type(part) for part in version], [int] * 3)
        self.assertGreaterEqual(version, (0, 2, 0))

    def test_mistakes_are_value_errors(self):
        for width, channels, options in [(21, 1, ""), (20, 0, ""), (0, 1, ""), (20, 1, "webp.x=1"),
                                         (20, 1, "effort"), (20, 1, "verify=yes")]:
            with self.subTest(width=width, channels=channels, options=options):
                with self.assertRaises(ValueError):
                    coin_image.encode_samples(self.gray, width, 24, channels, options=options)

    def test_strictness_and_warnings(self):
        wide = bytes(2 * 8 * 8)
        with self.assertWarnsRegex(coin_image.LossWarning, "16-bit samples become 8-bit"):
            coin_image.encode_samples(wide, 8, 8, 1, 16, options="effort=1 depth=8")
        with self.assertRaises(coin_image.LossError):
            coin_image.encode_samples(wide, 8, 8, 1, 16, options="effort=1 depth=8 strict")

    def test_progress_stops_and_raises(self):
        calls = []
        coin_image.encode_samples(self.gray, 20, 24, 1, options="effort=1",
                                  progress=lambda *call: calls.append(call))
        self.assertTrue(calls and all(0 <= part <= 1 for part, _ in calls))
        with self.assertRaises(coin_image.EncodeError) as caught:
            coin_image.encode_samples(self.gray, 20, 24, 1, options="effort=1",
                                      progress=lambda *_: True)
        self.assertEqual(caught.exception.status, 16)

        def fails(*_):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            coin_image.encode_samples(self.gray, 20, 24, 1, options="effort=1", progress=fails)

    @unittest.skipIf(numpy is None, "NumPy is not installed")
    def test_arrays_are_written_and_read(self):
        ramp = numpy.arange(24 * 20, dtype="uint16").reshape(24, 20) * 100
        for array in (ramp, ramp.astype(">u2"), (ramp >> 8).astype("uint8"), ramp[::2, ::2],
                      numpy.stack([ramp, ramp, ramp], axis=2)):
            with self.subTest(shape=array.shape, kind=array.dtype.str):
                file = io.BytesIO()
                coin_image.write(file, array, effort=1, quality=90)
                again = coin_image.read(file.getvalue())
                self.assertEqual((again.shape, again.dtype.itemsize),
                                 (array.shape, array.dtype.itemsize))
                scale = 257 if array.dtype.itemsize == 2 else 1
                self.assertLess(abs(again.astype(float) - array).mean(), 8 * scale)
        for wrong in (ramp.astype(float), ramp[0], ramp.reshape(24, 4, 5)):
            with self.assertRaises(ValueError):
                coin_image.encode(wrong)


class MissingEncoderTests(unittest.TestCase):
    def test_a_missing_library_is_named(self):
        script = ("import coin_image\n"
                  "try: coin_image.encode_samples(bytes(4), 2, 2, 1)\n"
                  "except coin_image.EncoderMissingError as error: print(error)\n")
        environment = dict(os.environ, COIN_IMGCONV="/nowhere/libimgconv.so.0")
        run = subprocess.run([sys.executable, "-c", script], env=environment, check=True,
                             capture_output=True, text=True)
        self.assertIn("needs libimgconv", run.stdout)
        self.assertIn("/nowhere/libimgconv.so.0", run.stdout)


if __name__ == "__main__":
    unittest.main()
