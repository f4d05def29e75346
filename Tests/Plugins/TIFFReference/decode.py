"""Decodes the first page of TIFF files with tifffile, independently of libtiff.

    python3 decode.py FOLDER FILE...

For FILE number N it writes FOLDER/N.raw: samples of 16 bits, little-endian, scaled so that 0 is
black (or no ink) and 65535 white, RGB or CMYK, alpha last where there is any. A file that tifffile
cannot decode gets none; the reason goes to standard error.
"""

import logging
import pathlib
import sys

import numpy
import tifffile

logging.disable(logging.CRITICAL)


def scaled(samples, bits, sample_format):
    """Samples of any kind as floats, nominally 0…1; the lowest signed integer becomes 0."""
    if sample_format == 3:
        return samples.astype("f8")
    lowest = -(2.0 ** (bits - 1)) if sample_format == 2 else 0.0
    return (samples.astype("f8") - lowest) / (2.0**bits - 1)


def tag(page, name, default):
    return page.tags[name].value if name in page.tags else default


def first(value):
    return value[0] if isinstance(value, tuple) else value


def runs(data, position, count):
    """`count` bytes of run lengths from `position` on, and where they end."""
    result = bytearray()
    while len(result) < count:
        length = data[position]
        if length >= 128:
            result += data[position + 1 : position + 2] * (length - 126)
            position += 2
        else:
            result += data[position + 1 : position + 1 + length]
            position += 1 + length
    return result, position


def sgilog(page, byte_count):
    """Rows of linear values of SGILog: Y, or RGB with the primaries of BT.709."""
    file, width = page.parent.filehandle, page.imagewidth
    words = []
    for offset, size in zip(page.dataoffsets, page.databytecounts):
        file.seek(offset)
        data, position = file.read(size), 0
        while position < size:
            row = numpy.zeros(width, "u4")
            for _ in range(byte_count):
                plane, position = runs(data, position, width)
                row = row << 8 | numpy.frombuffer(bytes(plane), "u1")
            words.append(row)
    words = numpy.stack(words)
    level = words >> (8 * (byte_count - 2))
    luminance = numpy.exp2(((level & 0x7FFF) + 0.5) / 256 - 64) * (level & 0x7FFF > 0)
    luminance = numpy.where(level & 0x8000, -luminance, luminance)
    if byte_count == 2:
        return numpy.repeat(luminance[..., None], 3, axis=-1)
    u, v = ((words >> 8 & 255) + 0.5) / 410, ((words & 255) + 0.5) / 410
    scale = 6 * u - 16 * v + 12
    x, y = 9 * u / scale, 4 * v / scale
    xyz = numpy.stack((x / y, numpy.ones_like(x), (1 - x - y) / y), axis=-1)
    matrix = [[2.690, -1.276, -0.414], [-1.022, 1.978, 0.044], [0.061, -0.224, 1.163]]
    return (xyz * luminance[..., None]) @ numpy.array(matrix).T


def pixels(page):
    """Rows of pixels of floats, and whether the last channel is alpha."""
    bits = first(tag(page, "BitsPerSample", 1))
    sample_format = first(tag(page, "SampleFormat", 1))
    photometric = int(tag(page, "PhotometricInterpretation", 1))
    samples = int(tag(page, "SamplesPerPixel", 1))
    if photometric in (32844, 32845) and tag(page, "Compression", 1) == 34676:
        return sgilog(page, 2 if photometric == 32844 else 4)
    image = page.asarray()
    if samples > 1 and tag(page, "PlanarConfiguration", 1) == 2:
        image = numpy.moveaxis(image.reshape(samples, page.imagelength, page.imagewidth), 0, -1)
    image = image.reshape(page.imagelength, page.imagewidth, samples)
    if photometric == 3:
        colors = numpy.asarray(page.colormap, dtype="f8").T
        if colors.max() < 256:
            colors = colors * 257
        return colors[image[..., 0].astype("i8")] / 65535
    if photometric not in (0, 1, 2, 5, 6):
        raise ValueError(f"photometric {photometric}")
    if photometric == 6 and tag(page, "Compression", 1) != 7:
        raise ValueError("YCbCr")
    image = scaled(image, bits, sample_format)
    if photometric == 0:
        image[..., 0] = 1 - image[..., 0]
    colors = {2: 3, 5: 4, 6: 3}.get(photometric, 1)
    alpha = image[..., colors : colors + 1] if samples == colors + 1 else image[..., :0]
    color = image[..., :colors]
    if colors == 1:
        color = numpy.repeat(color, 3, axis=-1)
    return numpy.concatenate((color, alpha), axis=-1)


def main():
    folder = pathlib.Path(sys.argv[1])
    for number, name in enumerate(sys.argv[2:]):
        try:
            with tifffile.TiffFile(name) as file:
                values = pixels(file.pages[0])
        except Exception as error:  # Whatever stops it, it has nothing to say.
            print(f"{pathlib.Path(name).name}: {error}", file=sys.stderr)
            continue
        codes = numpy.floor(numpy.clip(numpy.nan_to_num(values), 0, 1) * 65535 + 0.5)
        (folder / f"{number}.raw").write_bytes(codes.astype("<u2").tobytes())


main()
