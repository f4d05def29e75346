"""The plugin for Pillow."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from io import BytesIO

from ._library import Picture

_SIGNATURE = b"\xc1COIN\r\n\n"
_ORIENTATION = 0x0112
_registered = False


def register() -> None:
    """Lets Pillow open .coin files, and save them where the converter is installed."""
    global _registered
    if _registered:
        return
    from PIL import Image

    plugin = _plugin()
    Image.register_open(plugin.format, plugin, lambda prefix: prefix.startswith(_SIGNATURE))
    Image.register_save(plugin.format, _save)
    Image.register_extension(plugin.format, ".coin")
    Image.register_mime(plugin.format, "image/x-coin")
    _registered = True


def _exif(picture, image_module):
    """The block as Pillow has it; the orientation is that of the header."""
    exif = image_module.Exif()
    if picture.exif is not None:
        exif.load(picture.exif)
    if exif.get(_ORIENTATION, 1) == picture.info.orientation:
        return None if picture.exif is None else b"Exif\0\0" + picture.exif
    exif[_ORIENTATION] = picture.info.orientation
    return exif.tobytes()


def _plugin():
    from PIL import Image, ImageFile

    class CoinImageFile(ImageFile.ImageFile):
        """A .coin file; pixels are decoded when they are first wanted."""

        format = "COIN"
        format_description = ".coin, pictures as small neural networks"

        def _open(self):
            self._picture = Picture(self.fp.read())
            self._octave = 0
            info = self._picture.info
            self._size = (info.width, info.height)
            # Pillow has 16 bits for gray alone; others are rounded to 8.
            self._is_wide = info.bit_depth == 16 and info.channels == 1
            self._mode = "I;16" if self._is_wide else ("L", "LA", "RGB", "RGBA")[info.channels - 1]
            self.info.update(self._blocks(info))
            self.tile = [("raw", (0, 0) + self.size, 0, self.mode)]

        def _blocks(self, info):
            blocks = {
                "icc_profile": self._picture.icc, "exif": _exif(self._picture, Image),
                "xmp": self._picture.xmp, "dpi": info.dpi, "architecture": info.architecture,
            }
            return {name: value for name, value in blocks.items() if value is not None}

        def draft(self, mode, size):
            """Decodes at 1/2^n of the size from now on, the smallest not below ``size``.

            Octaves of latents are rough previews, so `thumbnail`, which names no mode, does
            without; those of sine networks are exact.
            """
            is_rough = self._picture is not None and self._picture.info.architecture == "latents"
            if not self.tile or self._octave or size is None or (is_rough and mode is None):
                return None
            width, height = self.size
            octave = 0
            while (octave + 1 < self._picture.info.octaves
                   and -(-width >> (octave + 1)) >= size[0]
                   and -(-height >> (octave + 1)) >= size[1]):
                octave += 1
            self._octave = octave
            self._size = (-(-width >> octave), -(-height >> octave))
            self.tile = [("raw", (0, 0) + self.size, 0, self.mode)]
            return self.mode, (0, 0, width / 2**octave, height / 2**octave)

        def load(self):
            if not self.tile or self._picture is None:
                return super().load()
            pixels = self._pixels()
            self._picture.close()
            self._picture = None
            if self.fp is not None and getattr(self, "_exclusive_fp", False):
                self.fp.close()
            self.fp = BytesIO(pixels)
            raw = "I;16N" if self._is_wide else self.mode
            self.tile = [("raw", (0, 0) + self.size, 0, raw)]
            # Pillow would map the pixels from a file of this name.
            filename, self.filename = self.filename, ""
            try:
                return super().load()
            finally:
                self.filename = filename

        def _pixels(self):
            if self._is_wide or self._picture.info.bit_depth == 8:
                return self._picture.decode(self._octave)
            rgba = self._picture.decode(self._octave, rgba=True)
            image = Image.frombuffer("RGBA", self.size, bytes(rgba), "raw", "RGBA", 0, 1)
            return image.convert(self.mode).tobytes()

    return CoinImageFile


def _converter() -> str:
    """The command that writes .coin; ImageMagick has one of the same name."""
    for command in filter(None, [os.environ.get("COIN_CONVERT"), shutil.which("convert")]):
        run = subprocess.run([command, "formats"], capture_output=True, text=True, check=False)
        if run.returncode == 0 and "coin" in run.stdout:
            return command
    raise OSError("saving .coin needs the converter: install it, or name it in COIN_CONVERT")


def _save(image, fp, filename) -> None:
    """Saves through the converter: ``quality``, ``effort``, ``bpp``, and metadata as for PNG."""
    options = image.encoderinfo
    arguments = [f"--{name}={options[name]}" for name in ("quality", "effort") if name in options]
    if "bpp" in options:
        arguments.append(f"--option=coin.bpp={options['bpp']}")
    kept = {key: options.get(key, image.info.get(key)) for key in ("icc_profile", "exif", "dpi")}
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in.png"), os.path.join(folder, "out.coin")
        picture = image if image.mode in ("L", "LA", "RGB", "RGBA", "I;16") else image.convert(
            "RGBA" if image.has_transparency_data else "RGB")
        picture.save(source, "PNG", compress_level=1,
                     **{key: value for key, value in kept.items() if value is not None})
        run = subprocess.run([_converter(), source, target, "--quiet", *arguments],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise OSError(run.stderr.strip() or f"the converter ended with {run.returncode}")
        with open(target, "rb") as result:
            shutil.copyfileobj(result, fp)
