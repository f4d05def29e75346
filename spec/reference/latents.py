"""Decodes pictures of kind 2, latents: written from spec/latents.md alone.

It is meant to be read beside that document, whose sections the comments name. Integers only: NumPy
computes in 64 bits, where the document proves that 32 are enough. The latents of a strip are
predicted 16 at a time, pixels all at once; only the entropy coder is plain Python.
"""

import json
import pathlib
from bisect import bisect_right
from functools import cache

import numpy as np

from fields import Reader, check
from tables import RADII, RATIOS

LARGEST = 511  # of latents
NEIGHBORS = (  # §4.1
    (0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (-1, 2), (-1, -2),
    (-3, 0), (-2, 1), (-2, -1), (0, -3), (-2, -2), (-1, -3), (-2, 2), (-3, -1))
LEVEL_WEIGHTS = (64, 46, 33, 23, 17, 12, 9, 6, 4, 3)  # §8.2


class Structure:
    """The descriptor of latents (§2), and what follows from it and from HEAD."""

    def __init__(self, body, header):
        r = Reader(body, "the descriptor of latents")
        has_color, has_alpha = header.channels >= 3, header.channels % 2 == 0
        self.defaults = r.field("B")
        self.levels = r.field("B", 1, 10, "levels")
        last = self.levels - 1
        luma = r.field("B", 0, last, "the first level of luma")
        chroma = r.field("B", *((0, last) if has_color else (255, 255)), "the first level of chroma")
        alpha = r.field("B")
        check(alpha == 255 or has_alpha and alpha <= last, f"the first level of alpha is {alpha}")
        self.contexts = r.field("B", 2, 16, "contexts")
        self.width = r.field("B", 2, 32, "the width of the entropy network")
        self.synthesis = r.field("B", 2, 64, "the width of the synthesis")
        for name in "contexts", "width", "synthesis":
            check(getattr(self, name) % 2 == 0, f"{name} is odd")
        self.states = 1 << r.field("B", 0, 4, "the logarithm of the states")
        r.field("B", 0, 0, "the last byte of the descriptor")
        r.end()
        check(self.defaults <= len(default_sets()),
              f"set of defaults {self.defaults} needs a newer decoder")
        check(header.overlap == 0, f"latents have no overlap, and it is {header.overlap}")
        check(header.alignment >= last, f"tiles are aligned to 2^{header.alignment}, not 2^{last}")

        self.first = {"Y": luma}  # the groups in their order (§3), and their first levels
        if has_color:
            self.first |= {"Cb": chroma, "Cr": chroma}
        if alpha != 255:
            self.first["A"] = alpha
        self.finest = min(self.first.values())
        self.inputs = self.levels - luma + len(self.first) - 1
        self.outputs = (3 if has_color else 1) + (alpha != 255)
        self.channels = header.channels
        self.depth = header.depth

    def shapes(self):
        """The tensors of NETS in their order, with their shapes (§7.2)."""
        n, h, k, i, c = self.contexts + 6, self.width, self.synthesis, self.inputs, self.outputs
        taps = (self.levels - 1, 4)
        shapes = {"W1": (h, n), "b1": (h,), "W2": (h, h), "b2": (h,), "W3": (2, h + n), "b3": (2,)}
        shapes["taps Y"] = taps
        if "Cb" in self.first:
            shapes["taps C"] = taps
        if "A" in self.first:
            shapes["taps A"] = taps
        return shapes | {
            "A1": (k, i), "a1": (k,), "A2": (c, k + i), "a2": (c,), "B": (c, c, 3, 3), "c": (c,)}


# §3 Grids and tiles


def grid_size(size, level):
    """Columns and rows of the grid of a level."""
    return [-(-side >> level) for side in size]


def tile_slices(borders, tile, level):
    """The rows and columns of the grid of a level that belong to a tile."""
    columns = len(borders[0]) - 1
    return tuple(
        slice(axis[index] >> level, -(-axis[index + 1] >> level))
        for axis, index in ((borders[1], tile // columns), (borders[0], tile % columns)))


# §4 Contexts


def shifted(part, shape, dy, dx, shift=0):
    """part[(y + dy) >> shift, (x + dx) >> shift] for all y and x of a shape; 0 outside."""
    if part is None:
        return np.zeros(shape, np.int64)
    y = (np.arange(shape[0])[:, None] + dy) >> shift
    x = (np.arange(shape[1])[None, :] + dx) >> shift
    inside = (y >= 0) & (y < part.shape[0]) & (x >= 0) & (x < part.shape[1])
    return np.where(inside, part[y.clip(0, part.shape[0] - 1), x.clip(0, part.shape[1] - 1)], 0)


def features(parts, group, level):
    """The five features and the flag of every latent of a tile's part of a grid (§4.2)."""
    shape = parts[group, level].shape
    if group == "Y":
        above = parts.get(("Y", level + 1))
        planes = [shifted(above, shape, dy, dx, 1) for dy in (-1, 1) for dx in (-1, 1)]
        planes.append(shifted(parts.get(("Y", level + 2)), shape, 0, 0, 2))
    else:
        beside = parts.get(("Cb" if group == "Cr" else "Y", level))
        planes = [shifted(beside, shape, *to) for to in ((0, 0), (0, 1), (1, 0), (0, -1))]
        planes.append(shifted(parts.get((group, level + 1)), shape, 0, 0, 1))
    planes.append(np.full(shape, group != "Y"))
    return np.stack(planes, axis=2) << 6


# §5 Entropy network


def entropy_network(nets, x):
    """The mean in sixteenths and the index of the scale of latents, from a row of inputs each."""
    h = np.clip((x @ nets["W1"].T + nets["b1"] + 2**11) >> 12, 0, 32767)
    h = np.clip((h @ nets["W2"].T + nets["b2"] + 2**11) >> 12, 0, 32767)
    out = (np.concatenate([h, x], axis=1) @ nets["W3"].T + nets["b3"] + 2**13) >> 14
    return np.clip(out[:, 0], -16 * LARGEST, 16 * LARGEST), np.clip(out[:, 1] + 48, 0, 127)


# §6 Entropy coder


@cache
def starts(scale, fraction):
    """Where the ranges begin of a scale and a mean's fraction, and where the last ends (§6.1)."""
    radius = RADII[scale]
    total = 65536 - (2 * radius + 3)
    w, tail = 1 << 30, []
    for _ in range(16 * (radius + 1) + 1):
        tail.append((w * total) >> 31)
        w = (w * RATIOS[scale] + (1 << 29)) >> 30

    def below(t):
        return tail[-t] if t < 0 else total - tail[t]

    symbols = range(-radius, radius + 2)
    return [0, *(below(16 * j - 8 - fraction) + j + radius + 1 for j in symbols), 65536]


class Coder:
    """The rANS decoder (§6.2)."""

    def __init__(self, data, states, name):
        self.data, self.offset, self.end, self.name = data, 0, len(data), name
        self.count = states

    def begin(self):
        self.states = [0] * self.count
        for s in range(self.count):
            for _ in range(4):
                self.states[s] = self.states[s] << 8 | self.byte()
            check(2**23 <= self.states[s] < 2**31, f"{self.name}: state {s} begins out of range")

    def byte(self):
        check(self.offset < self.end, f"{self.name} ends too early")
        self.offset += 1
        return self.data[self.offset - 1]

    def take(self, s, start, size):
        """Passes the range that the next slot of state s lies in."""
        x = self.states[s]
        x = size * (x >> 16) + (x & 65535) - start
        while x < 2**23:
            x = x << 8 | self.byte()
        self.states[s] = x

    def uniform(self, s, bits):
        u = (self.states[s] & 65535) >> (16 - bits)
        self.take(s, u << (16 - bits), 1 << (16 - bits))
        return u

    def excess(self, s):
        """The number of an escape (§6.3)."""
        bits = self.uniform(s, 4)
        return (1 << bits | (self.uniform(s, bits) if bits else 0)) - 1

    def number(self, s, mean, scale):
        """The next number of state s."""
        m = (mean + 8) >> 4
        ranges, radius = starts(scale, mean - 16 * m), RADII[scale]
        index = bisect_right(ranges, self.states[s] & 65535) - 1
        self.take(s, ranges[index], ranges[index + 1] - ranges[index])
        value = m + index - 1 - radius
        if index == 0:
            value -= self.excess(s)
        elif index == 2 * radius + 2:
            value += self.excess(s)
        return value

    def finish(self):
        """What must hold after the last number (§6.2)."""
        check(all(x == 2**23 for x in self.states), f"{self.name}: a state does not end at 2^23")
        self.finish_part(len(self.data))

    def finish_part(self, end):
        check(self.offset == end, f"{self.name} goes on for {end - self.offset} bytes")


def decode_grid(coder, structure, nets, parts, group, level):
    """The latents of a tile's part of a grid (§3.2, §4, §5, §6)."""
    values = parts[group, level]
    height, width = values.shape
    plane = np.zeros((height + 3, width + 6), np.int64)  # with the zeros outside
    flat, stride = plane.reshape(-1), width + 6
    known = features(parts, group, level).reshape(height * width, 6)
    offsets = np.array([dy * stride + dx for dy, dx in NEIGHBORS[: structure.contexts]])
    for top in range(0, height, 16):
        lanes = np.arange(min(16, height - top))
        rows = top + lanes
        for t in range(width + 3 * (len(lanes) - 1)):
            active = slice(max(0, (t - width + 3) // 3), t // 3 + 1)
            y, x = rows[active], t - 3 * lanes[active]
            places = (y + 3) * stride + x + 3
            inputs = np.concatenate([flat[places[:, None] + offsets], known[y * width + x]], axis=1)
            means, scales = entropy_network(nets, inputs)
            for place, lane, mean, scale in zip(
                    places, lanes[active].tolist(), means.tolist(), scales.tolist()):
                value = coder.number(lane % structure.states, mean, scale)
                check(abs(value) <= LARGEST, f"{coder.name}: a latent is {value}")
                flat[place] = value << 6
    values[...] = plane[3:, 3:-3] >> 6


def decode_tile(payload, structure, nets, parts, octave, name):
    """The latents of a tile at the levels from `octave` on; `parts` are those of its grids."""
    r = Reader(payload, name)
    levels = range(structure.levels - 1, structure.finest - 1, -1)
    lengths = [r.varint(0, 2**31 - 1, f"{name}: the length of level {l}") for l in levels[:-1]]
    rest = len(payload) - r.offset - sum(lengths)
    check(rest >= 0, f"{name} ends too early")
    coder = Coder(payload[r.offset :], structure.states, name)
    end, done = 0, {}
    for level, length in zip(levels, [*lengths, rest]):
        if level < octave:
            return
        end += length
        coder.name, coder.end = f"{name}, level {level}", end
        if level == levels[0]:
            coder.begin()
        for group in structure.first:
            if level >= structure.first[group]:
                done[group, level] = parts[group, level]
                decode_grid(coder, structure, nets, done, group, level)
        coder.finish_part(end)
    coder.finish()


# §7 Networks


@cache
def default_sets():
    """The sets of defaults from number 1 on (§7.3)."""
    path = pathlib.Path(__file__).with_name("defaults.json")
    return json.loads(path.read_text(encoding="utf-8"))["sets"]


def names(name, contexts, width, synthesis, inputs, channels, stages):
    """What rows and columns of a tensor stand for, in whatever structure (§7.3)."""
    known = [("neighbor", k) for k in range(contexts)] + [("feature", k) for k in range(6)]
    hidden = [("hidden", k) for k in range(width)]
    neurons = [("neuron", k) for k in range(synthesis)]
    alone = [None]  # the column of a bias
    taps = [("stage", l) for l in range(stages)], [("tap", k) for k in range(4)]
    outputs = [("mean", 0), ("scale", 0)]
    return {
        "W1": (hidden, known), "b1": (hidden, alone), "W2": (hidden, hidden), "b2": (hidden, alone),
        "W3": (outputs, hidden + known), "b3": (outputs, alone),
        "taps Y": taps, "taps C": taps, "taps A": taps,
        "A1": (neurons, inputs), "a1": (neurons, alone),
        "A2": (channels, neurons + inputs), "a2": (channels, alone),
        "B": (channels, [(c, k) for c in channels for k in range(9)]), "c": (channels, alone),
    }[name]


def default(structure, name, shape):
    """A tensor of the set of defaults, with 12 fractional bits (§7.3)."""
    if structure.defaults == 0:
        return np.zeros(shape, np.int64)
    table = default_sets()[structure.defaults - 1]
    groups = ["Cb", "Cr", "A"]
    of_set = names(
        name, table["contexts"], table["width"], table["synthesis"],
        [("Y", l) for l in range(table["levels"])] + groups, [0, 1, 2, 3], table["levels"] - 1)
    wanted = names(
        name, structure.contexts, structure.width, structure.synthesis,
        [("Y", l) for l in range(structure.first["Y"], structure.levels)]
        + [group for group in groups if group in structure.first],
        ([0, 1, 2] if "Cb" in structure.first else [0]) + ([3] if "A" in structure.first else []),
        structure.levels - 1)
    rows, columns = ({key: index for index, key in enumerate(axis)} for axis in of_set)
    values = np.reshape(table["tensors"][name], (len(rows), len(columns)))
    found = [
        [values[rows[r], columns[c]] if r in rows and c in columns else 0 for c in wanted[1]]
        for r in wanted[0]]
    return np.array(found, np.int64).reshape(shape)


def decode_networks(payload, structure):
    """The parameters in the decoder's units, by name; `gain` and `base` too."""
    r = Reader(payload, "NETS")
    nets = {"gain": r.field("H", 1, 32767, "the gain")}
    nets["base"] = np.array([r.field("H") for _ in range(structure.outputs)], np.int64)
    coder = Coder(payload[r.offset :], 1, "NETS")
    coder.begin()
    for name, shape in structure.shapes().items():
        nets[name] = decode_tensor(coder, name, default(structure, name, shape))
    coder.finish()
    check_sums(nets)
    return nets


def decode_tensor(coder, name, start):
    """A tensor as its difference from the default (§7.2)."""
    if start.size == 0:
        return start
    bits = coder.uniform(0, 4)
    check(bits <= 12, f"NETS: {name} has {bits} fractional bits")
    scale = 4 * coder.uniform(0, 5)
    differences = [coder.number(0, 0, scale) for _ in range(start.size)]
    is_bias = name in ("b1", "b2", "b3", "a1", "a2", "c")
    unit = (19 if name == "c" else 18) if is_bias else 12  # fractional bits
    values = (start << (unit - 12)) + (np.reshape(differences, start.shape) << (unit - bits))
    check((abs(values) <= (2**29 if is_bias else 32767)).all(),
          f"NETS: a {'bias' if is_bias else 'weight'} of {name} is too large")
    return values


def check_sums(nets):
    """No sum of products may leave 32 bits (§5.2, §7.2)."""
    for name in nets:
        if name in ("W1", "W2", "W3", "A1", "A2", "B") or name.startswith("taps"):
            sums = np.array([abs(row).sum() for row in nets[name]])
            limit = 49151 - 4096 * (name == "B")
            check((sums <= limit).all(), f"NETS: the weights of a row of {name} are too large")


# §8 Reconstruction


def sat16(x):
    return np.clip(x, -32768, 32767)


def upsample_rows(s, taps, count):
    """The next finer level along the first axis (§8.1)."""
    s = np.concatenate([s[:1], s[:1], s, s[-1:], s[-1:]])
    e0, e1, e2, e3 = taps.tolist()
    m2, m1, p0, p1, p2 = (s[i : len(s) - 4 + i] for i in range(5))  # s[i - 2] … s[i + 2]
    out = np.empty((2 * len(p0), *s.shape[1:]), np.int64)
    out[0::2] = e0 * m2 + e1 * m1 + e2 * p0 + e3 * p1
    out[1::2] = e3 * m1 + e2 * p0 + e1 * p1 + e0 * p2
    return sat16((out[:count] + 2**11) >> 12)


def upsample(plane, taps, size):
    rows = upsample_rows(plane, taps, size[1])
    return upsample_rows(rows.T, taps, size[0]).T


def scaled(plane, taps, octave):
    """A plane with what the stages that the octave leaves out would have made of it (§8.2)."""
    factor = 4096
    for stage in taps[:octave]:
        for _ in range(2):
            factor = min((factor * min(max(int(stage.sum()), 0), 32767) + 2**11) >> 12, 65535)
    return sat16((plane * factor + 2**11) >> 12)


def reconstruct(structure, nets, grids, size, octave):
    """The samples of the picture at an octave."""
    sizes = [grid_size(size, level) for level in range(structure.levels)]
    planes = []
    for level in range(structure.first["Y"], structure.levels):  # §8.2
        if level < octave:
            planes.append(np.zeros(sizes[octave][::-1], np.int64))
            continue
        plane = grids["Y", level] << 6
        for l in range(level - 1, octave - 1, -1):
            plane = upsample(plane, nets["taps Y"][l], sizes[l])
        planes.append(scaled(plane, nets["taps Y"], octave))
    for group, first in structure.first.items():
        if group == "Y":
            continue
        taps = nets["taps A" if group == "A" else "taps C"]
        plane = np.zeros(sizes[-1][::-1], np.int64)
        for l in range(structure.levels - 1, octave - 1, -1):
            if l < structure.levels - 1:
                plane = upsample(plane, taps[l], sizes[l])
            if l >= first:
                plane = sat16(plane + LEVEL_WEIGHTS[l] * grids[group, l])
        planes.append(scaled(plane, taps, octave))
    return synthesize(structure, nets, np.stack(planes))


def affine(weights, planes, biases):
    return np.tensordot(weights, planes, axes=1) + biases[:, None, None]


def synthesize(structure, nets, x):
    """The samples [row, column, channel] from the planes (§8.3, §8.4)."""
    h = np.clip((affine(nets["A1"], x, nets["a1"]) + 2**11) >> 12, 0, 32767)
    r = sat16((affine(nets["A2"], np.concatenate([h, x]), nets["a2"]) + 2**10) >> 11)
    around = np.pad(r, ((0, 0), (1, 1), (1, 1)), mode="edge")
    height, width = r.shape[1:]
    acc = (r << 12) + nets["c"][:, None, None]
    for dy in range(3):
        for dx in range(3):
            acc += np.tensordot(
                nets["B"][:, :, dy, dx], around[:, dy : dy + height, dx : dx + width], axes=1)
    o = sat16((acc + 2**11) >> 12)
    acc = nets["base"][:, None, None] * 2**7 + o * nets["gain"]
    shift = 15 if structure.depth == 8 else 7
    maximum = 2**structure.depth - 1
    samples = np.clip((acc + (1 << shift - 1)) >> shift, 0, maximum)
    if structure.outputs < structure.channels:  # alpha is opaque
        samples = np.concatenate([samples, np.full((1, height, width), maximum)])
    return np.moveaxis(samples, 0, 2).astype(np.uint8 if structure.depth == 8 else np.uint16)


def decode(header, descriptor_body, nets_payload, tile_payloads, octave=0):
    """The samples [row, column, channel] of a picture of kind 2, at 1/2^octave of its size.

    Payloads are without the index of the architecture. Of `header` these are used: channels, depth,
    size (width and height), borders (of tiles, along x and along y), overlap, alignment
    (its logarithm).
    """
    structure = Structure(descriptor_body, header)
    check(0 <= octave < structure.levels, f"octave {octave} of {structure.levels} levels")
    nets = decode_networks(nets_payload, structure)
    grids = {
        (group, level): np.zeros(grid_size(header.size, level)[::-1], np.int64)
        for group in structure.first
        for level in range(structure.first[group], structure.levels)}
    for index, payload in enumerate(tile_payloads):
        parts = {
            key: grid[tile_slices(header.borders, index, key[1])] for key, grid in grids.items()}
        decode_tile(payload, structure, nets, parts, octave, f"tile {index}")
    return reconstruct(structure, nets, grids, header.size, octave)
