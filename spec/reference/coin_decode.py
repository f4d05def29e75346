#!/usr/bin/env python3
"""Decodes a .coin stream to a PAM picture: a second decoder, written from the specification alone.

    coin_decode.py IN.coin OUT.pam [WIDTHxHEIGHT [X,Y,WIDTH,HEIGHT]]

It is meant to be read beside spec/coin-bitstream.md, whose sections the comments name, by people
who write a decoder of their own. It is exact to the last bit, and slow: NumPy has no fused
multiply-add, so that one is put together from binary64 operations. What is of latents, kind 2, is
in latents.py; they are decoded at the sizes of their octaves only.
"""

import struct
import sys
import zlib

import numpy as np

import latents
from fields import Malformed, Reader, check

SIGNATURE = bytes.fromhex("C1434F494E0D0A0A")
METADATA = ("iccp", "exif", "xmpp", "reso")
C0, C1, C2, C3 = (
    np.array([0x41490FBF, 0x4249140D, 0x428E62FF, 0x42609450], "<u4").view("<f4"))  # §7.3
f32, f64 = np.float32, np.float64


def boxes(reader):
    """Yields the type and payload of every box (§4.2)."""
    while True:
        length = reader.varint(name="the length of a box")
        kind = reader.bytes(4)
        check(kind.isalpha(), f"{kind} is no type of a box")
        kind, checksum = kind.decode(), zlib.crc32(kind)
        payload = reader.bytes(length)
        checksum = zlib.crc32(payload, checksum)
        check(reader.field("I") == checksum, f"the checksum of {kind} is wrong")
        yield kind, payload


class Header:
    """The content of HEAD (§5)."""

    def __init__(self, payload):
        r = Reader(payload, "HEAD")
        version = r.field("B")
        check(version == 1, f"version {version} needs a newer decoder")
        self.channels = r.field("B", 1, 4, "channels")
        self.depth = r.field("B", 8, 16, "bit depth")
        check(self.depth in (8, 16), f"bit depth is {self.depth}")
        r.field("B", 1, 8, "orientation")
        r.bytes(2)  # color primaries, transfer
        self.size = [r.varint(1, 2**24 - 1, name) for name in ("width", "height")]
        grid = [r.varint(1, min(side, 2**16 - 1), "tiles") for side in self.size]
        self.overlap = r.varint(0, 2**16 - 1, "overlap")
        self.alignment = r.field("B", 0, 12, "alignment")
        unit = 2**self.alignment
        # §5.1: where tiles begin and end, along x and along y.
        self.borders = [
            [min(side, unit * (c * -(-side // unit) // count)) for c in range(count + 1)]
            for side, count in zip(self.size, grid)]
        for side, count, borders in zip(self.size, grid, self.borders):
            check(count <= -(-side // unit), "there are empty tiles")
            narrowest = min(b - a for a, b in zip(borders, borders[1:]))
            check(count == 1 or 2 * self.overlap <= narrowest, "the overlap is too large")
        descriptors = [
            (r.field("B"), r.bytes(r.varint(name="the length of a descriptor")))
            for _ in range(r.field("B", 1, 255, "architectures"))]
        r.end()
        self.kind, self.bodies = descriptors[0][0], [body for _, body in descriptors]
        for kind, _ in descriptors:
            check(kind in (1, 2), f"architecture kind {kind} needs a newer decoder")
            check(kind == self.kind, "the kinds of architectures differ")
        form = siren_descriptor if self.kind == 1 else self.latents_descriptor
        self.architectures = [form(body) for body in self.bodies]

    def latents_descriptor(self, body):
        return latents.Structure(body, self)


def siren_descriptor(body):
    """A descriptor of kind 1 (§5.2): the widths, and the scale of each sine layer."""
    r = Reader(body, "a descriptor")
    r.field("B", 0, 0, "coordinates")
    r.field("B", 0, 0, "output mapping")
    layers = r.field("B", 1, 16, "layers")
    first = r.field("f", 2.0**-16, 2.0**16, "first scale")
    hidden = r.field("f", 2.0**-16, 2.0**16, "hidden scale")
    widths = [r.field("B", 1, 64, "width of a layer") for _ in range(layers)]
    r.end()
    return widths, [first] + [hidden] * (layers - 1)


def indexed(payload, kind, header):
    """The index of an architecture and what follows it (§6)."""
    r = Reader(payload, kind)
    return r.field("B", 0, len(header.bodies) - 1, "architecture"), payload[1:]


def network(index, content, header):
    """The layers of a tile's network, weights and biases in the decoder's units (§6, §7.1)."""
    r = Reader(content, "TILE")
    widths, scales = header.architectures[index]
    sizes = [2] + widths + [header.channels]

    def tensor(count, scale):
        packing = r.field("B")
        check(packing == 0, f"packing {packing} needs a newer decoder")
        values = np.frombuffer(r.bytes(2 * count), "<f2")
        check(np.isfinite(values).all(), "a weight is not finite")
        return values.astype(f32) * f32(scale)

    layers = []
    for inputs, outputs, scale in zip(sizes, sizes[1:], scales + [1]):
        weights = tensor(inputs * outputs, scale).reshape(outputs, inputs)
        layers.append((weights, tensor(outputs, scale)))
    r.end()
    return layers


def parse(data):
    """The header, the NETS by architecture and the TILEs of a stream, in the order of §4.3."""
    reader = Reader(data, "the stream")
    if data[:8] != SIGNATURE[: len(data)]:
        is_damaged = data[1:5] == SIGNATURE[1:5]  # §4.1
        check(not is_damaged, "the signature was damaged by a transfer in text mode")
        check(False, "the signature is wrong")
    reader.bytes(8)
    header, shared, tiles, seen = None, {}, [], set()
    for kind, payload in boxes(reader):
        check((header is None) == (kind == "HEAD"), f"{kind} is out of place")
        if kind == "HEAD":
            header = Header(payload)
            count = (len(header.borders[0]) - 1) * (len(header.borders[1]) - 1)
        elif kind == "TILE":
            tiles.append(indexed(payload, kind, header))
            if len(tiles) == count:
                reader.end()
                return header, shared, tiles
        elif kind == "NETS":
            index, content = indexed(payload, kind, header)
            check(not tiles and index > max(shared, default=-1), "NETS is out of place")
            shared[index] = content
        elif kind in METADATA:
            check(kind not in seen and not shared and not tiles, f"{kind} is out of place")
            seen.add(kind)
            if kind == "reso":
                r = Reader(payload, kind)
                r.field("B", 0, 2, "unit")
                for density in r.field("d"), r.field("d"):
                    check(0 < density < float("inf"), f"a density is {density}")
                r.end()
        else:
            check(kind[0].islower(), f"box {kind} needs a newer decoder")


def fma(a, b, c):
    """a·b + c in binary32, rounded once.

    The product is exact in binary64. The sum is rounded to odd there, which keeps what the
    rounding to binary32 needs to know (Boldo and Melquiond 2008).
    """
    product, c = a.astype(f64) * b.astype(f64), c.astype(f64)
    total = product + c
    part = total - product
    error = (product - (total - part)) + (c - part)
    is_even = total.view(np.uint64) & np.uint64(1) == 0
    towards = np.where(error > 0, np.inf, -np.inf)
    odd = np.where((error != 0) & is_even, np.nextafter(total, towards), total)
    return odd.astype(f32)


def sine(t):
    """The activation (§7.3)."""
    r = t - np.rint(t)
    s = r * (f32(0.5) - np.abs(r))
    z = np.abs(s)
    c0, c1, c2, c3 = (np.full_like(z, c) for c in (C0, C1, C2, C3))
    return s * fma(fma(fma(c3, z, c2), z, c1), z, c0)


def evaluate(layers, x, y):
    """The outputs of a network at points, one row a channel (§7.3)."""
    values = [x, y]
    for index, (weights, biases) in enumerate(layers):
        outputs = []
        for row, bias in zip(weights, biases):
            t = np.full_like(x, bias)
            for weight, value in zip(row, values):
                t = fma(np.full_like(t, weight), value, t)
            outputs.append(sine(t) if index < len(layers) - 1 else t)
        values = outputs
    return np.stack(values)


class Axis:
    """Columns, or rows, of a picture that is decoded at `count` of them (§7.2)."""

    def __init__(self, length, count, wanted, borders, overlap):
        self.borders, self.overlap = borders, overlap
        self.numerators = (2 * np.array(wanted, dtype=np.int64) + 1) * length
        self.denominator = 2 * count
        self.positions = self.numerators.astype(f64) / f64(2 * count)

    def samples(self, tile):
        """The samples at which the network of a tile is evaluated."""
        first, last = tile == 0, tile == len(self.borders) - 2
        low = self.denominator * (self.borders[tile] - self.overlap)
        high = self.denominator * (self.borders[tile + 1] + self.overlap)
        inside = (first | (self.numerators >= low)) & (last | (self.numerators < high))
        return np.flatnonzero(inside)

    def coordinates(self, tile, samples, scale):
        center = f64(self.borders[tile] + self.borders[tile + 1])
        return ((2 * self.positions[samples] - center) / f64(scale)).astype(f32)

    def weights(self, tile, samples):
        """The weights of a tile against the one before it (§7.4)."""
        start = f64(self.borders[tile] - self.overlap)
        ramp = (self.positions[samples] - start) / f64(2 * self.overlap)
        return np.clip(ramp, 0, 1).astype(f32)


def blend(picture, part, axis, tile, samples, direction):
    """Puts the outputs of a tile, or of a row of tiles, beside those before it (§7.4)."""
    before = axis.samples(tile - 1) if tile > 0 else samples[:0]
    is_shared = np.isin(samples, before)
    place = [slice(None)] * 3
    place[direction] = samples[is_shared]
    if is_shared.any():
        a, b = picture[tuple(place)], np.compress(is_shared, part, axis=direction)
        shape = [1, 1, 1]
        shape[direction] = -1
        weights = np.broadcast_to(axis.weights(tile, samples[is_shared]).reshape(shape), a.shape)
        picture[tuple(place)] = fma(weights, b - a, a)
    place[direction] = samples[~is_shared]
    picture[tuple(place)] = np.compress(~is_shared, part, axis=direction)


def decode(data, size=None, region=None):
    """Decodes a stream: the samples as an array [height, width, channels] (§7).

    `region` is the part wanted of the picture at `size`: the first column and row, width, height.
    """
    header, shared, tiles = parse(data)
    size = size or header.size
    region = region or (0, 0, *size)
    decode_kind = decode_siren if header.kind == 1 else decode_latents
    return decode_kind(header, shared, tiles, size, region)


def decode_latents(header, shared, tiles, size, region):
    """The samples of a picture of kind 2 (latents, §2 and §8)."""
    check(len(shared) == len(header.bodies), "NETS is missing")
    for index, structure in enumerate(header.architectures):
        latents.decode_networks(shared[index], structure)
    check(all(index == 0 for index, _ in tiles), "a tile names another descriptor than the first")
    octaves = [
        g for g in range(header.architectures[0].levels)
        if latents.grid_size(header.size, g) == list(size)]
    check(octaves, f"{size} is the size of no octave")
    samples = latents.decode(
        header, header.bodies[0], shared[0], [content for _, content in tiles], octaves[0])
    left, top, width, height = region
    return samples[top : top + height, left : left + width]


def decode_siren(header, shared, tiles, size, region):
    """The samples of a picture of kind 1 (§7)."""
    check(not shared, "NETS is out of place: a SIREN has none")
    networks = [network(index, content, header) for index, content in tiles]
    left, top, width, height = region
    horizontal = Axis(
        header.size[0], size[0], range(left, left + width), header.borders[0], header.overlap)
    vertical = Axis(
        header.size[1], size[1], range(top, top + height), header.borders[1], header.overlap)
    columns = len(header.borders[0]) - 1
    picture = np.zeros((header.channels, height, width), f32)
    for row in range(len(header.borders[1]) - 1):
        rows = vertical.samples(row)
        if not rows.size:
            continue
        band = np.zeros((header.channels, len(rows), width), f32)
        for column in range(columns):
            samples = horizontal.samples(column)
            if not samples.size:
                continue
            scale = max(
                header.borders[0][column + 1] - header.borders[0][column],
                header.borders[1][row + 1] - header.borders[1][row])
            x = horizontal.coordinates(column, samples, scale)
            y = vertical.coordinates(row, rows, scale)
            grid_y, grid_x = (g.ravel() for g in np.meshgrid(y, x, indexing="ij"))
            outputs = evaluate(networks[row * columns + column], grid_x, grid_y)
            part = outputs.reshape(header.channels, len(rows), len(samples))
            blend(band, part, horizontal, column, samples, 2)
        blend(picture, band, vertical, row, rows, 1)
    maximum = f32(2**header.depth - 1)
    samples = np.floor(np.clip(picture, f32(0), f32(1)) * maximum + f32(0.5))  # §7.5
    return np.moveaxis(samples, 0, 2).astype(np.uint8 if header.depth == 8 else np.uint16)


def write_pam(path, samples):
    height, width, depth = samples.shape
    kind = ("GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA")[depth - 1]
    with open(path, "wb") as file:
        file.write(
            f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\n"
            f"MAXVAL {np.iinfo(samples.dtype).max}\nTUPLTYPE {kind}\nENDHDR\n".encode())
        file.write(samples.astype(samples.dtype.newbyteorder(">")).tobytes())


def main(arguments):
    if len(arguments) not in (2, 3, 4):
        print("usage: coin_decode.py IN.coin OUT.pam [WxH [X,Y,W,H]]", file=sys.stderr)
        return 2
    size = [int(side) for side in arguments[2].split("x")] if len(arguments) > 2 else None
    region = [int(side) for side in arguments[3].split(",")] if len(arguments) > 3 else None
    try:
        with open(arguments[0], "rb") as file:
            samples = decode(file.read(), size, region)
    except (Malformed, MemoryError, OSError) as error:
        print(f"coin_decode: {arguments[0]}: {error}", file=sys.stderr)
        return 1
    write_pam(arguments[1], samples)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
