#!/usr/bin/env python3
"""Checks latents.py against an encoder, and against samples computed one by one.

    test_latents.py                     the tests
    test_latents.py --streams FOLDER    writes streams with the samples that they decode to
"""

import json
import pathlib
import sys
import unittest
from types import SimpleNamespace

import numpy as np

import latents
import tables
from encode_latents import Picture, constants, lower, varint
from fields import Malformed, Reader


def decode(picture, octave=0, **changes):
    """Decodes a picture's payloads, some of them changed."""
    header = SimpleNamespace(
        channels=picture.channels, depth=picture.depth, size=picture.size,
        borders=picture.borders(), overlap=picture.overlap, alignment=picture.alignment)
    return latents.decode(
        header, changes.get("descriptor", picture.descriptor),
        changes["nets"] if "nets" in changes else picture.nets(),
        changes["tiles"] if "tiles" in changes else picture.tile_payloads(), octave)


def random_picture(seed, size, spread=1.5, **fields):
    """A picture with networks and latents drawn at random."""
    random = np.random.default_rng(seed)
    p = Picture(size, **fields)
    c = p.outputs
    for name, shape in p.shapes():
        fan = shape[-1] if len(shape) > 1 else 4
        p.set(name, random.normal(0, 0.7 / fan**0.5, shape), int(random.integers(6, 13)))
    p.set("b3", [random.normal(0, 0.5), random.normal(0, 0.5)], 8)
    p.set("B", random.normal(0, 0.05, (c, c, 3, 3)), 9)
    for name, shape in p.shapes():
        if name.startswith("taps"):
            bilinear = np.array([0, 0.25, 0.75, 0])
            p.set(name, bilinear + random.normal(0, 0.05, shape), 10)
    p.gain = max(int(random.integers(500, 2500) / max(1, spread / 3)), 1)
    p.base = random.integers(20000, 45000, c).tolist()
    for (group, l), grid in p.latents.items():
        values = random.laplace(0, spread * (1 + l) ** 0.5, grid.shape)
        values[random.random(grid.shape) < 0.01] *= 30
        p.latents[group, l] = np.clip(np.rint(values), -511, 511).astype(int)
    return p


class Tables(unittest.TestCase):
    def test_constants(self):
        self.assertEqual(list(zip(tables.RATIOS, tables.RADII)), constants())

    def test_every_range_is_wide_enough(self):
        for scale in range(128):
            for fraction in range(-8, 8):
                starts = latents.starts(scale, fraction)
                self.assertEqual(len(starts), 2 * tables.RADII[scale] + 4)
                self.assertTrue(all(a < b for a, b in zip(starts, starts[1:])))
                radius = tables.RADII[scale]
                self.assertEqual(starts[1:-1], [
                    lower(scale, fraction, j) for j in range(-radius, radius + 2)])


def limits():
    """Latents of the largest magnitude."""
    picture = random_picture(1, (20, 20), levels=2)
    picture.latents["Y", 0][...] = 511
    picture.latents["Y", 0][::3, ::2] = -511
    picture.gain = 80
    return picture


def saturated():
    """Means, scales, activations, planes and samples at their limits; weights near theirs."""
    picture = random_picture(2, (12, 11), channels=3, levels=3, synthesis=2, spread=200.0)
    picture.set("taps Y", np.full((2, 4), [-2, 3, 4, 2.5]), 1)
    picture.set("taps C", np.full((2, 4), [2, 3, -4, 2.5]), 1)
    picture.set("W2", np.full((6, 6), 1.99), 12)
    picture.set("A2", np.full((3, 7), [1.7, 1.7, 1.5, -1.5, 1.9, -1.9, 1.2]), 11)
    picture.set("B", np.full((3, 3, 3, 3), 0.4), 12)
    for name in ("b1", "b2", "a1", "a2", "c"):
        picture.set(name, np.linspace(-1000, 1000, dict(picture.shapes())[name][0]), 2)
    picture.set("b3", [900, 30], 3)
    picture.gain = 120
    return picture


KINDS = {  # name: size, fields
    "one pixel": ((1, 1), {}),
    "gray": ((13, 9), {"levels": 3}),
    "gray alpha": ((12, 11), {"channels": 2, "levels": 4, "alpha": 1}),
    "gray opaque": ((7, 18), {"channels": 2, "levels": 2}),
    "rgb": ((21, 17), {"channels": 3, "levels": 4, "chroma": 1}),
    "rgb 16": ((16, 19), {"channels": 3, "depth": 16, "levels": 5, "luma": 1, "chroma": 2}),
    "rgba": ((15, 14), {"channels": 4, "levels": 3, "chroma": 1, "alpha": 0}),
    "rgba opaque 16": ((9, 10), {"channels": 4, "depth": 16, "levels": 3}),
    "chroma finer than luma": ((10, 10), {"channels": 3, "levels": 3, "luma": 2}),
    "eight levels": ((37, 21), {"channels": 3, "levels": 8, "chroma": 1}),
    "ten levels": ((9, 7), {"levels": 10, "luma": 2, "spread": 9.0}),
    "tiles": ((45, 37), {"channels": 3, "levels": 4, "chroma": 1, "tiles": (3, 2)}),
    "aligned tiles": ((40, 41), {"levels": 3, "tiles": (2, 3), "alignment": 4}),
    "one state": ((20, 35), {"levels": 3, "log_states": 0}),
    "four states": ((20, 35), {"levels": 3, "log_states": 2}),
    "least contexts": ((9, 9), {"levels": 2, "contexts": 2, "width": 2, "synthesis": 2}),
    "all contexts": ((9, 19), {
        "channels": 3, "levels": 2, "contexts": 16, "width": 32, "synthesis": 64}),
    "escapes": ((17, 18), {"levels": 3, "spread": 150.0}),
    "row": ((40, 1), {"channels": 3, "levels": 3}),
    "column": ((1, 40), {"channels": 3, "levels": 3}),
}


class RoundTrip(unittest.TestCase):
    def test_kinds(self):
        for seed, (name, (size, fields)) in enumerate(KINDS.items()):
            picture = random_picture(seed, size, **fields)
            nets, tiles = picture.nets(), picture.tile_payloads()
            for octave in range(min(4, picture.levels)):
                with self.subTest(name, octave=octave):
                    found = decode(picture, octave, nets=nets, tiles=tiles)
                    expected = picture.samples(octave)
                    self.assertEqual(found.dtype, expected.dtype)
                    np.testing.assert_array_equal(found, expected)

    def test_extremes(self):
        for picture in (limits(), saturated()):
            np.testing.assert_array_equal(decode(picture), picture.samples())

    def test_lower_levels_need_no_bytes_of_finer_ones(self):
        picture = random_picture(3, (33, 20), levels=3)
        tile = picture.tile(0, 0)
        whole = decode(picture, 1, tiles=[tile])
        damaged = tile[:-20] + bytes(20)
        np.testing.assert_array_equal(decode(picture, 1, tiles=[damaged]), whole)
        with self.assertRaises(Malformed):
            decode(picture, 0, tiles=[damaged])


class Example(unittest.TestCase):
    """Appendix A."""

    NETS = (
        "0002 0080 017F1F26 BBB3C76583AD82EF 8DFA3D000016A0CB 64E020C895366144 FA101684A503")
    TILE = "0167FFFE 1CFF58D982B72000"

    def test_example(self):
        picture, nets, tile = example(), bytes.fromhex(self.NETS), bytes.fromhex(self.TILE)
        self.assertEqual(picture.nets(), nets)
        self.assertEqual(picture.tile(0, 0), tile)
        samples = decode(picture, nets=nets, tiles=[tile])
        self.assertEqual(samples[:, :, 0].tolist(), [[147, 152, 152], [157, 156, 115]])


class Errors(unittest.TestCase):
    def setUp(self):
        self.picture = random_picture(5, (20, 18), channels=3, levels=3, chroma=1)

    def reject(self, reason, **changes):
        with self.assertRaisesRegex(Malformed, reason):
            decode(self.picture, **changes)

    def test_descriptor(self):
        good = self.picture.descriptor
        cases = [
            (0, 1, "defaults"), (1, 0, "levels"), (1, 11, "levels"), (2, 3, "luma"),
            (3, 3, "chroma"), (3, 255, "chroma"), (4, 0, "alpha"), (5, 0, "contexts"),
            (5, 7, "odd"), (5, 18, "contexts"), (6, 0, "width"), (6, 3, "odd"), (6, 34, "width"),
            (7, 0, "width"), (7, 5, "odd"), (7, 66, "width"), (8, 5, "states"), (9, 1, "last byte")]
        for offset, value, reason in cases:
            with self.subTest(offset=offset, value=value):
                changed = good[:offset] + bytes([value]) + good[offset + 1 :]
                self.reject(reason, descriptor=changed, nets=b"", tiles=[])
        self.reject("ends too early", descriptor=good[:9])
        self.reject("after its end", descriptor=good + b"\0")

    def test_descriptor_against_head(self):
        self.picture.overlap = 1
        self.reject("overlap")
        self.picture.overlap, self.picture.alignment = 0, 1
        self.reject("aligned")
        gray = random_picture(6, (4, 4), channels=2, levels=2)
        for offset, value in ((3, 0), (4, 2)):
            changed = gray.descriptor[:offset] + bytes([value]) + gray.descriptor[offset + 1 :]
            with self.assertRaises(Malformed):
                decode(gray, descriptor=changed)

    def test_octave(self):
        with self.assertRaises(Malformed):
            decode(self.picture, 3)

    def test_nets_cut_short(self):
        nets = self.picture.nets()
        for length in range(len(nets)):
            self.reject("NETS", nets=nets[:length])
        self.reject("goes on", nets=nets + b"\0")

    def test_gain(self):
        for gain in (0, 32768):
            self.picture.gain = gain
            self.reject("gain")

    def test_tensors(self):
        shapes = dict(self.picture.shapes())
        cases = [
            ("W1", 13, 0, 0, "13 fractional bits"), ("b1", 15, 0, 0, "15 fractional bits"),
            ("W1", 12, 20, 32768, "a weight of W1"), ("A1", 0, 3, -8, "a weight of A1"),
            ("taps Y", 0, 3, 8, "a weight of taps Y"),
            ("b1", 0, 31, 2049, "a bias of b1"), ("c", 3, 31, -8193, "a bias of c")]
        for name, bits, scale, value, reason in cases:
            with self.subTest(name, bits=bits):
                self.setUp()
                q = np.zeros(shapes[name], int)
                q.flat[0] = value
                self.picture.tensors[name] = bits, scale, q
                self.reject(reason, tiles=[])

    def test_sums(self):
        shapes = dict(self.picture.shapes())
        for name in ("W1", "W2", "W3", "taps Y", "taps C", "A1", "A2", "B"):
            with self.subTest(name):
                self.setUp()
                q = np.zeros(shapes[name], int)
                row = q.reshape(len(q), -1)[-1]
                row[0], row[1] = 32767, 49151 - 32767 - (4096 if name == "B" else 0)
                self.picture.tensors[name] = 12, 31, q
                decode(self.picture, tiles=self.picture.tile_payloads() if name[0] == "W" else [])
                row[1] += 1
                self.reject("a row of " + name, tiles=[])
                row[1] *= -1
                self.reject("a row of " + name, tiles=[])

    def test_tile_cut_short_anywhere(self):
        tile = self.picture.tile(0, 0)
        for length in range(0, len(tile), 7):
            self.reject("tile 0", tiles=[tile[:length]])
        self.reject("goes on for 1 bytes", tiles=[tile + b"\0"])

    def test_states(self):
        tile = self.picture.tile(0, 0)
        reader = Reader(tile, "tile")
        for _ in range(2):
            reader.varint(0, 9999, "length")
        begin = reader.offset + 4 * 15  # the last of 16 states
        for state in (bytes(4), bytes.fromhex("007FFFFF"), bytes.fromhex("80000000")):
            self.reject("begins out of range", tiles=[tile[:begin] + state + tile[begin + 4 :]])
        nets = self.picture.nets()
        self.reject("begins out of range", nets=nets[:8] + bytes(4) + nets[12:])

    def test_lengths(self):
        picture = random_picture(7, (8, 8), levels=3, log_states=0)
        tile = picture.tile(0, 0)
        self.picture = picture
        first, second = tile[0], tile[1]
        for changed in (
                bytes([first + 1, second - 1]), bytes([first - 1, second + 1]),
                bytes([first, second + 1]), bytes([first, second - 1]),
                varint(2**31 - 1) + bytes([second])):
            self.reject("tile 0", tiles=[changed + tile[2:]])
        self.reject("shortest form", tiles=[bytes([first | 128, 0]) + tile[1:]])
        self.reject("more than 5", tiles=[b"\x80\x80\x80\x80\x80\x01" + tile[1:]])
        self.reject("the length of level 2", tiles=[b"\x80\x80\x80\x80\x08" + tile[1:]])

    def test_final_states(self):
        """An encoder that begins at other states."""
        self.picture = random_picture(8, (6, 6))
        nets, tile = self.picture.nets(), self.picture.tile(0, 0)
        self.picture.last_state = 2**23 + 1
        self.reject("tile 0, level 0: a state does not end at", nets=nets)
        self.reject("NETS: a state does not end at", tiles=[tile])

    def test_latent_too_large(self):
        for value in (512, -512, 65000):
            picture = random_picture(9, (6, 6))
            picture.latents["Y", 0][-1, -1] = value
            self.picture = picture
            self.reject(f"a latent is {value}")

    def test_flipped_bits(self):
        """Nothing but Malformed is raised, whatever the bytes are."""
        random = np.random.default_rng(11)
        tile, nets = self.picture.tile(0, 0), self.picture.nets()
        for _ in range(60):
            changed = [bytearray(nets), bytearray(tile)]
            victim = changed[random.integers(2)]
            victim[random.integers(len(victim))] ^= 1 << random.integers(8)
            try:
                decode(self.picture, nets=bytes(changed[0]), tiles=[bytes(changed[1])])
            except Malformed:
                pass


def example():
    """The picture of the worked example (appendix A)."""
    picture = Picture((3, 2), contexts=2, width=2, synthesis=2, log_states=0)
    picture.gain = 512
    mean = [0.5, 0.5, 0, 0, 0, 0, 0, 0]
    picture.set("W1", [mean, [-w for w in mean]], 1, 4)
    picture.set("W2", [[1, 0], [0, 1]], 0, 8)
    picture.set("W3", [[1, -1, *[0] * 8], [0.0625, 0.0625, *[0] * 8]], 4, 12)
    picture.set("A1", [[1], [-1]], 0, 12)
    picture.set("A2", [[1, -0.5, 0]], 1, 12)
    picture.set("B", [[[[0, -1, 0], [-1, 4, -1], [0, -1, 0]]]], 0, 11)
    picture.set("B", np.array([[[[0, -1, 0], [-1, 4, -1], [0, -1, 0]]]]) / 16, 4, 11)
    picture.latents["Y", 0][...] = [[10, 12, 11], [14, 13, -9]]
    return picture


LARGE = {"levels": 7, "channels": 3, "chroma": 1, "contexts": 8, "width": 14, "synthesis": 16}


def faulty_streams():
    """Streams to be rejected, whose boxes are as they should be."""
    def fresh():
        return random_picture(5, (20, 18), channels=3, levels=3, chroma=1)

    good = fresh()
    nets, tile = good.nets(), good.tile(0, 0)
    for name, change in {
            "end of NETS": {"nets": nets[:-1]}, "byte after NETS": {"nets": nets + b"\0"},
            "end of tile": {"tiles": [tile[:-1]]}, "byte after tile": {"tiles": [tile + b"\0"]},
            "length of level": {"tiles": [bytes([tile[0] + 1]) + tile[1:]]},
            "state of NETS": {"nets": nets[:8] + bytes(4) + nets[12:]}}.items():
        yield name, good.stream(**change)
    for name, offset, value in (
            ("set of defaults", 0, 200), ("levels", 1, 11), ("level of luma", 2, 3),
            ("level of chroma", 3, 255), ("level of alpha", 4, 0), ("odd contexts", 5, 7),
            ("width", 6, 34), ("synthesis", 7, 0), ("states", 8, 5), ("reserved byte", 9, 1)):
        picture = fresh()
        body = picture.descriptor
        picture.descriptor = body[:offset] + bytes([value]) + body[offset + 1 :]
        yield name, picture.stream(nets, [tile])
    for name, field, value in (
            ("overlap", "overlap", 1), ("alignment", "alignment", 1), ("gain 0", "gain", 0),
            ("gain 32768", "gain", 32768)):
        picture = fresh()
        setattr(picture, field, value)
        yield name, picture.stream()
    other = fresh()
    other.last_state = 2**23 + 1
    yield "last state of NETS", good.stream(nets=other.nets())
    yield "last state of tile", good.stream(tiles=[other.tile(0, 0)])
    for name, tensor, value in (
            ("precision 13", "W1", (13, 0, 0)), ("weight 32768", "W1", (12, 31, 32768)),
            ("weight -32768", "B", (0, 3, -8)), ("bias above 2^29", "b1", (0, 31, 2049)),
            ("sum of a row of W2", "W2", (12, 31, 49152 // 2)),
            ("sum of a row of B", "B", (12, 31, 45056 // 2)),
            ("sum of taps", "taps C", (12, 31, 49152 // 2))):
        picture = fresh()
        q = np.zeros(dict(picture.shapes())[tensor], int)
        q.flat[: 2 if "sum" in name else 1] = value[2]
        picture.tensors[tensor] = *value[:2], q
        yield name, picture.stream(tiles=[tile])
    for value in (512, -512):
        picture = fresh()
        picture.latents["Y", 0][-1, -1] = value
        yield f"latent {value}", picture.stream()


def write_streams(folder):
    """Streams, the samples of each at octaves from 0 on, and a line of JSON on each."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {"example": ("", example())}
    for seed, (name, (size, fields)) in enumerate(KINDS.items()):
        pictures[name] = (str(fields), random_picture(seed, size, **fields))
    pictures["limits"] = ("latents of 511 and -511", limits())
    pictures["saturated"] = ("values at all limits of 16 bits", saturated())
    pictures["large"] = (str(LARGE), random_picture(100, (200, 150), **LARGE))
    pictures["large tiles"] = (str(LARGE), random_picture(101, (200, 150), tiles=(2, 2), **LARGE))
    lines = []
    for index, (name, (fields, picture)) in enumerate(pictures.items()):
        stem = f"{index:02}-{name.replace(' ', '-')}"
        (folder / f"{stem}.coin").write_bytes(picture.stream())
        raws = []
        for octave in range(min(4, picture.levels)):
            samples = picture.samples(octave)
            raw = f"{stem}{f'.octave{octave}' if octave else ''}.raw"
            (folder / raw).write_bytes(samples.astype(samples.dtype.newbyteorder(">")).tobytes())
            raws.append({"octave": octave, "width": samples.shape[1], "height": samples.shape[0],
                         "file": raw})
        lines.append(json.dumps({
            "file": f"{stem}.coin", "width": picture.size[0], "height": picture.size[1],
            "channels": picture.channels, "bit_depth": picture.depth, "tiles": picture.tiles,
            "alignment": picture.alignment, "descriptor": picture.descriptor.hex(),
            "fields": fields, "samples": raws}))
    for index, (name, stream) in enumerate(faulty_streams()):
        path = f"faulty-{index:02}-{name.replace(' ', '-')}.coin"
        (folder / path).write_bytes(stream)
        lines.append(json.dumps({"file": path, "error": name}))
    (folder / "streams.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--streams"]:
        write_streams(pathlib.Path(sys.argv[2]))
    else:
        unittest.main()
