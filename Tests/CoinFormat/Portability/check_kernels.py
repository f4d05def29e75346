#!/usr/bin/env python3
"""Decodes every vector of spec/vectors with what the compiled kernels compute.

    check_kernels.py NETWORK_SERVER LATENTS_SERVER

The arguments are command lines of programs that may run in an emulator. The rest of the decoding is
that of spec/reference: the programs take the place of `evaluate` there, and of the grids, the
upsampling and the synthesis of latents.
"""

import pathlib
import shlex
import subprocess
import sys

import numpy as np

REFERENCE = pathlib.Path(__file__).resolve().parents[3] / "spec" / "reference"
sys.path.insert(0, str(REFERENCE))
sys.dont_write_bytecode = True

import check_vectors  # noqa: E402
import coin_decode  # noqa: E402
import latents  # noqa: E402
from fields import check  # noqa: E402


def evaluator(server):
    """A function like `coin_decode.evaluate` that asks a running network_server."""

    def evaluate(layers, x, y):
        sizes = [2] + [len(biases) for _, biases in layers]
        numbers = np.array([len(layers), *sizes, x.size], np.uint32)
        parameters = [np.ravel(part) for layer in layers for part in layer]
        request = np.concatenate([*parameters, x, y]).astype(np.float32)
        server.stdin.write(numbers.tobytes() + request.tobytes())
        server.stdin.flush()
        answer = server.stdout.read(4 * sizes[-1] * x.size)
        return np.frombuffer(answer, np.float32).reshape(sizes[-1], x.size)

    return evaluate


class LatentsServer:
    """Functions like those of latents.py that ask a running latents_server."""

    def __init__(self, server):
        self.server = server

    def ask(self, operation, numbers, *arrays):
        self.server.stdin.write(np.array([operation, *numbers], np.int32).tobytes())
        for kind, values in arrays:
            self.server.stdin.write(np.ascontiguousarray(values, dtype=kind).tobytes())
        self.server.stdin.flush()

    def answer(self, kind, count):
        return np.frombuffer(self.server.stdout.read(np.dtype(kind).itemsize * count), kind)

    def decode_grid(self, coder, structure, nets, parts, group, level):
        own = parts[group, level]
        if group == "Y":
            near, far = ("Y", level + 1), ("Y", level + 2)
        else:
            near, far = ("Cb" if group == "Cr" else "Y", level), (group, level + 1)
        grids = [parts.get(key, np.zeros((0, 0), int)) for key in (near, far)]
        states = [*coder.states, *[0] * (16 - coder.count)]
        self.ask(
            1, [structure.contexts, structure.width, group == "Y", *own.shape, *grids[0].shape,
                *grids[1].shape, coder.count, coder.offset, coder.end],
            (np.uint32, states),
            *((np.int32, nets[name]) for name in ("W1", "b1", "W2", "b2", "W3", "b3")),
            *((np.int16, grid) for grid in grids),
            (np.uint8, np.frombuffer(coder.data[: coder.end], np.uint8)))
        status, coder.offset = self.answer(np.int32, 2).tolist()
        coder.states = self.answer(np.uint32, 16)[: coder.count].tolist()
        own[...] = self.answer(np.int16, own.size).reshape(own.shape)
        check(status == 0, f"{coder.name}: status {status}")

    def upsample(self, plane, taps, size):
        self.ask(2, [*plane.shape, size[1], size[0]], (np.int32, taps), (np.int16, plane))
        return self.answer(np.int16, size[0] * size[1]).reshape(size[::-1]).astype(np.int64)

    def synthesize(self, structure, nets, x):
        count, height, width = x.shape
        bases = [*nets["base"], *[0] * (4 - structure.outputs)]
        self.ask(
            3, [count, structure.synthesis, structure.outputs, structure.channels,
                structure.depth == 16, nets["gain"], *bases, height, width],
            *((np.int32, nets[name]) for name in ("A1", "a1", "A2", "a2", "B", "c")),
            (np.int16, x))
        kind = np.uint8 if structure.depth == 8 else np.uint16
        answer = self.answer(kind, height * width * structure.channels)
        return answer.reshape(height, width, structure.channels)


def start(command):
    return subprocess.Popen(
        shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def main(networks, grids):
    with start(networks) as networks, start(grids) as grids:
        coin_decode.evaluate = evaluator(networks)
        server = LatentsServer(grids)
        for name in ("decode_grid", "upsample", "synthesize"):
            setattr(latents, name, getattr(server, name))
        status = check_vectors.check_all(None)
        for program in (networks, grids):
            program.stdin.close()
        return status or networks.wait() or grids.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
