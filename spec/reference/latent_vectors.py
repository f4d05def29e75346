#!/usr/bin/env python3
"""Writes streams of latents for spec/vectors, by the encoder of encode_latents.py.

    latent_vectors.py FOLDER

For each stream a line of JSON goes to the standard output. FOLDER gets NAME.coin and, unless it is
faulty, the samples of every octave by the encoder's formulas: NAME.pam, NAME.octave1.pam …
Tests/Conformance/VectorGenerator.swift makes folders of spec/vectors of them.
"""

import json
import pathlib
import sys

import numpy as np

from coin_decode import write_pam
from encode_latents import container, varint
from latent_pictures import KINDS, example, limits, random_picture, saturated, silent

UNUSUAL = (
    "chroma finer than luma", "alpha finer than luma", "ten levels", "ten levels of one pixel",
    "largest alignment", "escapes")


def decodable():
    """Names, groups, sections, purposes, pictures and streams."""
    yield "example", "valid", "A", "the worked example", example(), None
    for seed, (name, (size, fields)) in enumerate(KINDS.items()):
        group = "unusual" if name in UNUSUAL else "valid"
        picture = random_picture(seed, size, **fields)
        yield name, group, "2", describe(size, fields), picture, None
    yield "limits", "unusual", "3.1", "latents of 511 and -511", limits(), None
    yield "saturated", "unusual", "8", "values at all limits of 16 bits", saturated(), None
    yield "empty level", "unusual", "3.3", "a level that takes no bytes", silent(), None
    picture = random_picture(20, (10, 7), levels=2)
    other = random_picture(21, (10, 7), levels=2, width=8)
    yield "unused descriptor", "unusual", "2", "a second descriptor, for no tile", picture, [
        ("HEAD", picture.head([(2, other.descriptor)])), ("NETS", b"\0" + picture.nets()),
        ("NETS", b"\1" + other.nets()), ("TILE", b"\0" + picture.tile(0, 0))]
    yield "unknown boxes", "unusual", "2", "unknown boxes beside NETS", picture, [
        ("HEAD", picture.head()), ("zzzz", b"1"), ("NETS", b"\0" + picture.nets()),
        ("zzzz", b""), ("TILE", b"\0" + picture.tile(0, 0))]


def describe(size, fields):
    words = [f"{size[0]} by {size[1]}"]
    for name, value in {"channels": 1, "depth": 8, "levels": 1, **fields}.items():
        value = " by ".join(map(str, value)) if isinstance(value, tuple) else value
        words.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(words)


def small(size=(20, 18)):
    """What faulty streams are made of."""
    return random_picture(5, size, channels=3, levels=3, chroma=1)


def faulty():
    """Names, sections, errors and streams."""
    yield from faulty_boxes()
    yield from faulty_descriptors()
    yield from faulty_networks()
    yield from faulty_tiles()


def faulty_boxes():
    picture, other = small(), random_picture(6, (20, 18), channels=3, levels=3, width=8)
    head, nets = ("HEAD", picture.head()), ("NETS", b"\0" + picture.nets())
    tile = ("TILE", b"\0" + picture.tile(0, 0))
    both, second = ("HEAD", picture.head([(2, other.descriptor)])), ("NETS", b"\1" + other.nets())
    siren = bytes.fromhex("000001EBC99840EBC9984001")
    wide = random_picture(7, (20, 18), channels=3, levels=3, chroma=1, tiles=(2, 1), alignment=2)
    parts = wide.tile_payloads()
    for name, section, error, boxes in (
            ("no NETS", "2", "misplacedBox", [head, tile]),
            ("two NETS", "2", "misplacedBox", [head, nets, nets, tile]),
            ("NETS after TILE", "2", "misplacedBox", [
                ("HEAD", wide.head()), ("NETS", b"\0" + wide.nets()), ("TILE", b"\0" + parts[0]),
                nets, ("TILE", b"\0" + parts[1])]),
            ("NETS out of order", "2", "misplacedBox", [both, second, nets, tile]),
            ("no NETS of second", "2", "misplacedBox", [both, nets, tile]),
            ("bad NETS of second", "2", "invalidField", [
                both, nets, ("NETS", b"\1" + bytes(2) + other.nets()[2:]), tile]),
            ("tile of second", "2", "invalidField", [
                both, nets, second, ("TILE", b"\1" + other.tile(0, 0))]),
            ("tiles of two", "2", "invalidField", [
                ("HEAD", wide.head([(2, other.descriptor)])), ("NETS", b"\0" + wide.nets()),
                second, ("TILE", b"\0" + parts[0]), ("TILE", b"\1" + parts[1])]),
            ("kinds mixed", "2", "invalidField", [
                ("HEAD", picture.head([(1, siren)])), nets, tile]),
            ("second not aligned", "2", "invalidField", [
                ("HEAD", picture.head([
                    (2, other.descriptor[:1] + b"\4" + other.descriptor[2:])])),
                nets, second, tile])):
        yield name, section, error, container(boxes)


def faulty_descriptors():
    nets, tile = small().nets(), small().tile(0, 0)
    for name, offset, value in (
            ("set of defaults", 0, 255), ("no level", 1, 0), ("levels", 1, 11),
            ("level of luma", 2, 3), ("level of chroma", 3, 3), ("no level of chroma", 3, 255),
            ("level of alpha", 4, 0), ("contexts", 5, 18), ("odd contexts", 5, 7),
            ("width", 6, 34), ("odd width", 6, 5), ("synthesis", 7, 0), ("odd synthesis", 7, 5),
            ("states", 8, 5), ("reserved byte", 9, 1)):
        picture = small()
        body = picture.descriptor
        picture.descriptor = body[:offset] + bytes([value]) + body[offset + 1 :]
        error = "unsupportedDefaults" if offset == 0 else "invalidField"
        yield name, "2", error, picture.stream(nets, [tile])
    for name, change in (("short descriptor", slice(9)), ("long descriptor", slice(11))):
        picture = small()
        picture.descriptor = (picture.descriptor + b"\0")[change]
        yield name, "2", "invalidField", picture.stream(nets, [tile])
    for name, field, value in (("overlap", "overlap", 1), ("alignment", "alignment", 1)):
        picture = small()
        setattr(picture, field, value)
        yield name, "2", "invalidField", picture.stream(nets, [tile])


def faulty_networks():
    good, tile = small(), small().tile(0, 0)
    nets = good.nets()
    for name, error, changed in (
            ("end of fields", "wrongLength", nets[:5]), ("end of states", "wrongLength", nets[:11]),
            ("end of NETS", "wrongLength", nets[:-1]), ("byte after NETS", "invalidField", nets + b"\0"),
            ("small state of NETS", "invalidField", nets[:8] + bytes(4) + nets[12:]),
            ("large state of NETS", "invalidField", nets[:8] + b"\x80" + nets[9:]),
            ("gain 0", "invalidField", bytes(2) + nets[2:]),
            ("gain 32768", "invalidField", b"\0\x80" + nets[2:])):
        yield name, "7.1", error, good.stream(changed, [tile])
    other = small()
    other.last_state = 2**23 + 1
    yield "last state of NETS", "7.1", "invalidField", good.stream(other.nets(), [tile])
    for name, tensor, (bits, scale, values) in (
            ("precision 13", "W1", (13, 0, [0])), ("weight 32768", "W1", (12, 31, [32768])),
            ("weight -32768", "B", (0, 3, [-8])), ("tap 32768", "taps Y", (0, 3, [8])),
            ("bias above 2^29", "b1", (0, 31, [2049])), ("bias of filter", "c", (3, 31, [-8193])),
            *((f"row of {tensor}", tensor, (12, 31, [limit // 2 + 1, -limit // 2]))
              for tensor, limit in {
                  **dict.fromkeys(("W1", "W2", "W3", "taps Y", "taps C", "A1", "A2"), 49152),
                  "B": 45056}.items())):
        picture = small()
        q = np.zeros(dict(picture.shapes())[tensor], int)
        q.flat[: len(values)] = values
        picture.tensors[tensor] = bits, scale, q
        yield name, "7.2", "invalidField", picture.stream(tiles=[tile])


def faulty_tiles():
    size = (10, 9)
    good = small(size)
    nets, tile = good.nets(), good.tile(0, 0)
    first, rest = tile[:1], tile[2:]
    assert tile[0] < 127 and tile[1] < 127  # lengths of one byte
    states = tile[:62]  # all but the last
    for name, section, error, changed in (
            ("end of lengths", "3.3", "wrongLength", tile[:1]),
            ("end of states of tile", "3.3", "wrongLength", tile[:20]),
            ("end of tile", "6.2", "truncated", tile[:-1]),
            ("byte after tile", "3.3", "invalidField", tile + b"\0"),
            ("level longer", "3.3", "invalidField", bytes([tile[0] + 1]) + tile[1:]),
            ("level shorter", "3.3", "invalidField", bytes([tile[0] - 1]) + tile[1:]),
            ("second level longer", "3.3", "invalidField",
             first + bytes([tile[1] + 1]) + tile[2:]),
            ("lengths too large", "3.3", "wrongLength", first + varint(2**31 - 1) + rest),
            ("length 2^31", "3.3", "invalidField", first + b"\x80\x80\x80\x80\x08" + rest),
            ("length not shortest", "3.3", "invalidField",
             bytes([tile[0] | 128, 0]) + tile[1:]),
            ("length of six bytes", "3.3", "invalidField",
             bytes([tile[0] | 128]) + b"\x80\x80\x80\x80\0" + tile[1:]),
            ("small state of tile", "6.2", "invalidField",
             states + bytes.fromhex("007FFFFF") + tile[66:]),
            ("large state of tile", "6.2", "invalidField",
             states + bytes.fromhex("80000000") + tile[66:])):
        yield name, section, error, good.stream(nets, [changed])
    other = small(size)
    other.last_state = 2**23 + 1
    yield "last state of tile", "6.2", "invalidField", good.stream(nets, [other.tile(0, 0)])
    for value in (512, -512):
        picture = small(size)
        picture.latents["Y", 0][-1, -1] = value
        yield f"latent {value}", "6.3", "invalidField", picture.stream()


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)

    def write(name, stream, **fields):
        name = "latents-" + name.lower().replace(" -", " minus ").replace(" ", "-").replace("^", "")
        (folder / f"{name}.coin").write_bytes(stream)
        print(json.dumps({"name": name, **fields}))
        return name

    for name, group, section, purpose, picture, boxes in decodable():
        sizes = [[-(-side >> g) for side in picture.size] for g in range(picture.levels)]
        octaves = [g for g in range(min(4, picture.levels)) if sizes[g] not in sizes[:g]]
        stem = write(
            name, container(boxes) if boxes else picture.stream(), group=group, section=section,
            purpose=purpose, octaves=len(octaves))
        for octave in octaves:
            suffix = f".octave{octave}" if octave else ""
            write_pam(folder / f"{stem}{suffix}.pam", picture.samples(octave))
    for name, section, error, stream in faulty():
        write(name, stream, group="faulty", section=section, purpose=name, error=error)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
