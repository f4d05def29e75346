"""The plugin for Pillow."""

from __future__ import annotations

import sys
from io import BytesIO

from ._encoder import encode_samples, option_text
from ._library import Picture

_SIGNATURE = b"\xc1COIN\r\n\n"
_ORIENTATION = 0x0112
_MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
_registered = False


def register() -> None:
    """Lets Pillow open .coin files, and save them where libimgconv is installed."""
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


def _samples(image):
    """The samples, width, height, channels and bits of an image, converted where .coin has no such."""
    if image.mode == "I;16":
        data = image.tobytes()
        if sys.byteorder == "big":
            swapped = bytearray(data)
            swapped[0::2], swapped[1::2] = data[1::2], data[0::2]
            data = bytes(swapped)
        return data, *image.size, 1, 16
    if image.mode not in _MODES:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.tobytes(), *image.size, _MODES[image.mode], 8


def _save(image, fp, filename) -> None:
    """Saves through libimgconv: ``quality``, ``effort``, ``bpp``, ``strict``, ``options``,
    ``threads``, ``progress``, and metadata as for PNG.
    """
    settings = image.encoderinfo
    kept = {key: settings.get(key, image.info.get(key))
            for key in ("icc_profile", "exif", "xmp", "dpi")}
    exif = kept["exif"]
    if exif is not None and not isinstance(exif, (bytes, bytearray)):
        exif = exif.tobytes()
    if exif is not None and exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    xmp = kept["xmp"]
    text = option_text(**{key: settings[key] for key in
                          ("quality", "effort", "bpp", "strict", "options") if key in settings})
    fp.write(encode_samples(
        *_samples(image), options=text, threads=settings.get("threads", 0),
        icc=kept["icc_profile"], exif=exif and bytes(exif),
        xmp=xmp.encode() if isinstance(xmp, str) else xmp, dpi=kept["dpi"],
        progress=settings.get("progress")))
