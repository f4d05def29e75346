"""Encodes pictures of kind 2, latents, from given networks and latents: for tests.

Nothing is shared with the decoder. Every latent, range and sample is computed by itself, by the
formulas of spec/latents.md as they stand there: slowly.
"""

import struct
import zlib
from decimal import Decimal, getcontext
from functools import cache

import numpy as np

NEIGHBORS = [
    (0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (-1, 2), (-1, -2),
    (-3, 0), (-2, 1), (-2, -1), (0, -3), (-2, -2), (-1, -3), (-2, 2), (-3, -1)]


@cache
def constants():
    """The ratio and the radius of every scale, from their definitions (§6.1)."""
    getcontext().prec = 50
    table = []
    for i in range(128):
        b = (Decimal(i - 48) / 16).exp()
        ratio = int((-1 / (16 * b)).exp() * 2**30 + Decimal("0.5"))
        table.append((ratio, min(max(-int(-8 * b // 1) + (8 * b % 1 > 0), 1), 100)))
    return table


@cache
def tail(i):
    """The w_k of a scale."""
    w = [2**30]
    while len(w) <= 16 * (constants()[i][1] + 1):
        w.append((w[-1] * constants()[i][0] + 2**29) >> 30)
    return w


def lower(i, f, j):
    """C(j) (§6.1)."""
    radius = constants()[i][1]
    total = 65536 - (2 * radius + 3)
    t = 16 * j - 8 - f
    e = (tail(i)[abs(t)] * total) >> 31
    return (e if t < 0 else total - e) + j + radius + 1


class Encoder:
    """Collects ranges, and codes them in reverse (§6.2)."""

    def __init__(self, states, last=2**23):
        self.states, self.last, self.ranges, self.marks = states, last, [], []

    def put(self, s, start, size):
        self.ranges.append((s % self.states, start, size))

    def uniform(self, s, value, bits):
        if bits:
            self.put(s, value << (16 - bits), 1 << (16 - bits))

    def number(self, s, value, mean=0, i=48):
        m = (mean + 8) // 16
        f, radius = mean - 16 * m, constants()[i][1]
        j = value - m
        if -radius <= j <= radius:
            self.put(s, lower(i, f, j), lower(i, f, j + 1) - lower(i, f, j))
            return
        if j < 0:
            self.put(s, 0, lower(i, f, -radius))
        else:
            self.put(s, lower(i, f, radius + 1), 65536 - lower(i, f, radius + 1))
        e = abs(j) - radius - 1
        bits = (e + 1).bit_length() - 1
        self.uniform(s, bits, 4)
        self.uniform(s, e + 1 - (1 << bits), bits)

    def mark(self):
        """The end of a level."""
        self.marks.append(len(self.ranges))

    def finish(self):
        """The bytes, and how many of them belong to each level."""
        states, out, lengths = [self.last] * self.states, bytearray(), []
        ends = [0, *(self.marks or [len(self.ranges)])]
        for begin, end in reversed(list(zip(ends, ends[1:]))):
            before = len(out)
            for s, start, size in reversed(self.ranges[begin:end]):
                x = states[s]
                while x >= size << 15:
                    out.append(x & 255)
                    x >>= 8
                states[s] = (x // size << 16) + x % size + start
            lengths.append(len(out) - before)
        for x in reversed(states):
            out += struct.pack("<I", x)
        lengths[-1] += 4 * self.states
        return bytes(reversed(out)), lengths[::-1]


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def container(boxes):
    """A stream of boxes: types and payloads."""
    out = bytes.fromhex("C1434F494E0D0A0A")
    for kind, payload in boxes:
        content = kind.encode() + payload
        out += varint(len(payload)) + content + struct.pack("<I", zlib.crc32(content))
    return out


class Picture:
    """What a stream says, to be changed at will before it is written.

    `tensors` has (k, n, differences) for each name; `latents` an array for each group and level.
    """

    def __init__(self, size, channels=1, depth=8, tiles=(1, 1), alignment=None, levels=1, luma=0,
                 chroma=0, alpha=255, contexts=8, width=6, synthesis=4, log_states=4):
        self.size, self.channels, self.depth, self.tiles = size, channels, depth, tiles
        self.alignment = levels - 1 if alignment is None else alignment
        self.overlap, self.last_state = 0, 2**23
        self.levels, self.first, self.contexts = levels, {"Y": luma}, contexts
        self.width, self.synthesis, self.log_states = width, synthesis, log_states
        if channels >= 3:
            self.first |= {"Cb": chroma, "Cr": chroma}
        if alpha != 255:
            self.first["A"] = alpha
        chroma = chroma if channels >= 3 else 255
        self.descriptor = bytes(
            [0, levels, luma, chroma, alpha, contexts, width, synthesis, log_states, 0])
        self.inputs = levels - luma + len(self.first) - 1
        self.outputs = (3 if channels >= 3 else 1) + (alpha != 255)
        self.gain, self.base = 1500, [32768] * self.outputs
        self.tensors = {name: (12, 0, np.zeros(shape, int)) for name, shape in self.shapes()}
        self.latents = {
            (group, l): np.zeros((-(-size[1] >> l), -(-size[0] >> l)), int)
            for group, first in self.first.items() for l in range(first, levels)}

    def shapes(self):
        d, h, k, i, c = (
            self.contexts + 6, self.width, self.synthesis, self.inputs, self.outputs)
        yield from [("W1", (h, d)), ("b1", (h,)), ("W2", (h, h)), ("b2", (h,))]
        yield from [("W3", (2, h + d)), ("b3", (2,))]
        for name, group in (("Y", "Y"), ("C", "Cb"), ("A", "A")):
            if group in self.first:
                yield "taps " + name, (self.levels - 1, 4)
        yield from [("A1", (k, i)), ("a1", (k,)), ("A2", (c, k + i)), ("a2", (c,))]
        yield from [("B", (c, c, 3, 3)), ("c", (c,))]

    def set(self, name, values, bits=12, scale=None):
        """Sets a tensor to real values, rounded to multiples of 2^-bits."""
        q = np.rint(np.asarray(values, float) * 2**bits).astype(int)
        if scale is None:  # that whose mean magnitude is nearest
            mean = max(abs(q).mean(), 0.05) if q.size else 1
            scale = min(max(round((16 * np.log(mean) + 48) / 4), 0), 31)
        shape = dict(self.shapes())[name]
        self.tensors[name] = bits, scale, q.reshape(shape)

    def parameters(self):
        """Integers in the decoder's units (§7.2)."""
        units = {}
        for name, (bits, _, q) in self.tensors.items():
            is_bias = name in ("b1", "b2", "b3", "a1", "a2", "c")
            units[name] = (q << ((19 if name == "c" else 18) - bits) if is_bias
                           else q << (12 - bits))
        return units

    # The payloads

    def nets(self):
        coder = Encoder(1, self.last_state)
        for bits, scale, differences in self.tensors.values():
            if differences.size:
                coder.uniform(0, bits, 4)
                coder.uniform(0, scale, 5)
                for value in differences.ravel().tolist():
                    coder.number(0, value, 0, 4 * scale)
        fields = struct.pack(f"<{1 + self.outputs}H", self.gain, *self.base)
        return fields + coder.finish()[0]

    def borders(self):
        step = 1 << self.alignment
        return [
            [min(side, step * (c * -(-side // step) // count)) for c in range(count)] + [side]
            for side, count in zip(self.size, self.tiles)]

    def tile(self, column, row):
        """The payload of a tile: every latent in the order of §3.2."""
        horizontal, vertical = self.borders()
        parts = {
            (group, l): grid[vertical[row] >> l : -(-vertical[row + 1] >> l),
                             horizontal[column] >> l : -(-horizontal[column + 1] >> l)]
            for (group, l), grid in self.latents.items()}
        parameters = self.parameters()
        coder = Encoder(1 << self.log_states, self.last_state)
        for level in range(self.levels - 1, min(self.first.values()) - 1, -1):
            for group, first in self.first.items():
                if level < first:
                    continue
                part = parts[group, level]
                h, w = part.shape
                for top in range(0, h, 16):
                    lanes = min(16, h - top)
                    for t in range(w + 3 * (lanes - 1)):
                        for r in range(lanes):
                            if 0 <= t - 3 * r < w:
                                y, x = top + r, t - 3 * r
                                mean, i = self.predict(parameters, parts, group, level, y, x)
                                coder.number(r, int(part[y, x]), mean, i)
            coder.mark()
        data, lengths = coder.finish()
        return b"".join(varint(length) for length in lengths[:-1]) + data

    def predict(self, parameters, parts, group, level, y, x):
        """The mean and the scale of one latent (§4, §5)."""
        inputs = self.inputs_at(parts, group, level, y, x)
        h1 = layer(parameters["W1"], inputs, parameters["b1"], 12, 0, 32767)
        h2 = layer(parameters["W2"], h1, parameters["b2"], 12, 0, 32767)
        mean, scale = layer(parameters["W3"], [*h2, *inputs], parameters["b3"], 14, -2**31, 2**31)
        return min(max(mean, -8176), 8176), min(max(scale + 48, 0), 127)

    def inputs_at(self, parts, group, level, y, x):
        def at(name, l, row, column):
            part = parts.get((name, l))
            if part is None or not (0 <= row < part.shape[0] and 0 <= column < part.shape[1]):
                return 0
            return int(part[row, column])

        values = [at(group, level, y + dy, x + dx) for dy, dx in NEIGHBORS[: self.contexts]]
        if group == "Y":
            values += [at("Y", level + 1, (y + dy) >> 1, (x + dx) >> 1)
                       for dy, dx in ((-1, -1), (-1, 1), (1, -1), (1, 1))]
            values.append(at("Y", level + 2, y >> 2, x >> 2))
        else:
            other = "Cb" if group == "Cr" else "Y"
            values += [at(other, level, y, x), at(other, level, y, x + 1),
                       at(other, level, y + 1, x), at(other, level, y, x - 1)]
            values.append(at(group, level + 1, y >> 1, x >> 1))
        return [64 * v for v in [*values, group != "Y"]]

    # The container (spec/coin-bitstream.md, §4)

    def head(self, others=()):
        """`others` are descriptors after the first: kind and body."""
        w, h = self.size
        descriptors = [(2, self.descriptor), *others]
        return (bytes([1, self.channels, self.depth, 1, 1, 13]) + varint(w) + varint(h)
                + varint(self.tiles[0]) + varint(self.tiles[1]) + varint(self.overlap)
                + bytes([self.alignment, len(descriptors)])
                + b"".join(bytes([kind]) + varint(len(body)) + body for kind, body in descriptors))

    def tile_payloads(self):
        return [self.tile(c, r) for r in range(self.tiles[1]) for c in range(self.tiles[0])]

    def stream(self, nets=None, tiles=None):
        """The whole stream; or with other payloads."""
        tiles = self.tile_payloads() if tiles is None else tiles
        return container([
            ("HEAD", self.head()), ("NETS", b"\0" + (self.nets() if nets is None else nets)),
            *(("TILE", b"\0" + payload) for payload in tiles)])

    # The samples

    def samples(self, octave=0):
        """The samples [row][column][channel], pixel by pixel (§8)."""
        parameters, size = self.parameters(), [-(-side >> octave) for side in self.size]
        planes = []
        for l in range(self.first["Y"], self.levels):
            planes.append(self.raised({l: 64 * self.latents["Y", l]} if l >= octave else {},
                                      parameters["taps Y"], octave))
        for group, first in self.first.items():
            if group != "Y":
                weights = (64, 46, 33, 23, 17, 12, 9, 6, 4, 3)
                grids = {l: weights[l] * self.latents[group, l]
                         for l in range(max(first, octave), self.levels)}
                taps = parameters["taps A" if group == "A" else "taps C"]
                planes.append(self.raised(grids, taps, octave))
        r = {}
        for y in range(size[1]):
            for x in range(size[0]):
                inputs = [int(plane[y, x]) for plane in planes]
                h = layer(parameters["A1"], inputs, parameters["a1"], 12, 0, 32767)
                r[y, x] = layer(
                    parameters["A2"], [*h, *inputs], parameters["a2"], 11, -32768, 32767)
        out = np.zeros((size[1], size[0], self.channels), int)
        for y, x in r:
            for channel in range(self.channels):
                out[y, x, channel] = self.sample(parameters, r, size, y, x, channel)
        return out.astype(np.uint8 if self.depth == 8 else np.uint16)

    def sample(self, parameters, r, size, y, x, channel):
        if channel >= self.outputs:
            return 2**self.depth - 1
        acc = int(parameters["c"][channel]) + (r[y, x][channel] << 12) + 2**11
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                near = r[min(max(y + dy, 0), size[1] - 1), min(max(x + dx, 0), size[0] - 1)]
                for c in range(self.outputs):
                    acc += int(parameters["B"][channel, c, dy + 1, dx + 1]) * near[c]
        o = min(max(acc >> 12, -32768), 32767)
        acc = self.base[channel] * 128 + o * self.gain
        return (min(max((acc + 2**14) >> 15, 0), 255) if self.depth == 8
                else min(max((acc + 2**6) >> 7, 0), 65535))

    def raised(self, grids, taps, octave):
        """The sum of grids by level at an octave (§8.1, §8.2)."""
        plane = None
        for l in range(self.levels - 1, octave - 1, -1):
            w, h = [-(-side >> l) for side in self.size]
            if plane is not None:
                rows = filtered(plane, taps[l], h)
                plane = filtered(rows.T, taps[l], w).T
            grid = grids.get(l, np.zeros((h, w), int))
            plane = grid if plane is None else np.clip(plane + grid, -32768, 32767)
        factor = 4096
        for stage in range(octave):
            sum_of_taps = min(max(sum(int(tap) for tap in taps[stage]), 0), 32767)
            factor = min((factor * sum_of_taps + 2048) // 4096, 65535)
            factor = min((factor * sum_of_taps + 2048) // 4096, 65535)
        return np.clip((plane * factor + 2048) // 4096, -32768, 32767)


def filtered(s, taps, count):
    """The next finer level along the first axis, sample by sample."""
    def at(i):
        return s[min(max(i, 0), len(s) - 1)]

    out = []
    for k in range(count):
        i, side = divmod(k, 2)
        order = (i + 2, i + 1, i, i - 1) if side else (i - 2, i - 1, i, i + 1)
        total = sum(int(e) * at(j) for e, j in zip(taps, order))
        out.append(np.clip((total + 2**11) >> 12, -32768, 32767))
    return np.array(out)


def layer(weights, inputs, biases, shift, low, high):
    """An affine layer, its rounding and its limits."""
    outputs = []
    for row, bias in zip(weights.tolist(), biases.tolist()):
        acc = sum(w * x for w, x in zip(row, inputs)) + bias
        assert -2**31 <= acc + (1 << shift - 1) < 2**31
        outputs.append(min(max((acc + (1 << shift - 1)) >> shift, low), high))
    return outputs
