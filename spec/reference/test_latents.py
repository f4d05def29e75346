#!/usr/bin/env python3
"""Checks latents.py against an encoder, and against samples computed one by one."""

import unittest
from unittest import mock
from types import SimpleNamespace

import numpy as np

import latents
import tables
from encode_latents import Encoder, Picture, constants, lower, varint
from fields import Malformed, Reader
from latent_pictures import KINDS, example, limits, random_picture, saturated


def decode(picture, octave=0, **changes):
    """Decodes a picture's payloads, some of them changed."""
    header = SimpleNamespace(
        channels=picture.channels, depth=picture.depth, size=picture.size,
        borders=picture.borders(), overlap=picture.overlap, alignment=picture.alignment)
    return latents.decode(
        header, changes.get("descriptor", picture.descriptor),
        changes["nets"] if "nets" in changes else picture.nets(),
        changes["tiles"] if "tiles" in changes else picture.tile_payloads(), octave)


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


class Defaults(unittest.TestCase):
    """Sets of defaults (§7.3), with one that is made up: every value tells its place."""

    SET = {"name": "test", "levels": 2, "contexts": 4, "width": 4, "synthesis": 6}

    def setUp(self):
        n, h, k, i, c = 10, 4, 6, 5, 4
        shapes = {
            "W1": h * n, "b1": h, "W2": h * h, "b2": h, "W3": 2 * (h + n), "b3": 2, "taps Y": 4,
            "taps C": 4, "taps A": 4, "A1": k * i, "a1": k, "A2": c * (k + i), "a2": c,
            "B": 9 * c * c, "c": c}
        tensors = {name: list(range(1, count + 1)) for name, count in shapes.items()}
        sets = [{**self.SET, "tensors": tensors}]
        patch = mock.patch.object(latents, "default_sets", lambda: sets)
        patch.start()
        self.addCleanup(patch.stop)

    def values(self, name, **fields):
        picture = Picture((9, 9), **fields)
        picture.descriptor = b"\1" + picture.descriptor[1:]
        header = SimpleNamespace(
            channels=picture.channels, depth=8, overlap=0, alignment=picture.alignment)
        structure = latents.Structure(picture.descriptor, header)
        return latents.default(structure, name, structure.shapes()[name]).tolist()

    def test_entropy_network(self):
        w1 = self.values("W1", contexts=2, width=2)
        self.assertEqual(w1, [[1, 2, 5, 6, 7, 8, 9, 10], [11, 12, 15, 16, 17, 18, 19, 20]])
        wide = self.values("W1", contexts=6, width=6)
        self.assertEqual(wide[3], [31, 32, 33, 34, 0, 0, 35, 36, 37, 38, 39, 40])
        self.assertEqual(wide[4], [0] * 12)
        self.assertEqual(self.values("W2", width=2), [[1, 2], [5, 6]])
        self.assertEqual(self.values("W3", contexts=2, width=2)[1], [
            15, 16, 19, 20, 23, 24, 25, 26, 27, 28])
        self.assertEqual(self.values("b1", width=6), [1, 2, 3, 4, 0, 0])

    def test_taps(self):
        self.assertEqual(self.values("taps Y", levels=3), [[1, 2, 3, 4], [0, 0, 0, 0]])
        self.assertEqual(self.values("taps A", levels=1, channels=2, alpha=0), [])

    def test_synthesis(self):
        # Columns of A1: Y at levels 0 and 1, Cb, Cr, A.
        self.assertEqual(self.values("A1", levels=2, synthesis=2), [[1, 2], [6, 7]])
        self.assertEqual(self.values("A1", levels=2, luma=1, synthesis=2), [[2], [7]])
        self.assertEqual(
            self.values("A1", levels=3, synthesis=2, channels=2, alpha=2)[1], [6, 7, 0, 10])
        self.assertEqual(
            self.values("A1", levels=2, synthesis=2, channels=3, luma=1)[0], [2, 3, 4])
        self.assertEqual(self.values("A2", levels=1, synthesis=2, channels=2, alpha=0), [
            [1, 2, 7, 11], [34, 35, 40, 44]])
        self.assertEqual(self.values("a2", channels=2, alpha=0), [1, 4])
        self.assertEqual(self.values("c", channels=3), [1, 2, 3])

    def test_filter(self):
        b = self.values("B", channels=2, alpha=0)
        self.assertEqual(np.reshape(b[1], (2, 9)).tolist(), [
            list(range(109, 118)), list(range(136, 145))])

    def test_unknown_sets(self):
        with self.assertRaisesRegex(Malformed, "set of defaults 2"):
            latents.Structure(b"\2" + Picture((1, 1)).descriptor[1:],
                              SimpleNamespace(channels=1, depth=8, overlap=0, alignment=0))

    def test_differences(self):
        """The default is exact, whatever the precision of the difference."""
        coder = latents.Coder(*self.coded([1, -2], bits=3), "test")
        coder.begin()
        found = latents.decode_tensor(coder, "b3", np.array([1001, -3]))
        self.assertEqual(found.tolist(), [(1001 << 6) + (1 << 15), (-3 << 6) - (2 << 15)])
        coder = latents.Coder(*self.coded([1, -2], bits=3), "test")
        coder.begin()
        found = latents.decode_tensor(coder, "W1", np.array([1001, -3]))
        self.assertEqual(found.tolist(), [1001 + 512, -3 - 1024])

    @staticmethod
    def coded(differences, bits):
        encoder = Encoder(1)
        encoder.uniform(0, bits, 4)
        encoder.uniform(0, 8, 5)
        for value in differences:
            encoder.number(0, value, 0, 32)
        return encoder.finish()[0], 1


class Errors(unittest.TestCase):
    def setUp(self):
        self.picture = random_picture(5, (20, 18), channels=3, levels=3, chroma=1)

    def reject(self, reason, **changes):
        with self.assertRaisesRegex(Malformed, reason):
            decode(self.picture, **changes)

    def test_descriptor(self):
        good = self.picture.descriptor
        cases = [
            (0, 200, "defaults"), (1, 0, "levels"), (1, 11, "levels"), (2, 3, "luma"),
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


if __name__ == "__main__":
    unittest.main()
