#!/usr/bin/env python3
"""Decodes every vector of spec/vectors with networks evaluated by the compiled kernels.

    check_kernels.py NETWORK_SERVER [ARGUMENT...]

The rest of the decoding is that of spec/reference: the program, which may run in an emulator,
takes the place of its `evaluate` alone.
"""

import pathlib
import subprocess
import sys

import numpy as np

REFERENCE = pathlib.Path(__file__).resolve().parents[3] / "spec" / "reference"
sys.path.insert(0, str(REFERENCE))
sys.dont_write_bytecode = True

import check_vectors  # noqa: E402
import coin_decode  # noqa: E402


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


def main(command):
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        coin_decode.evaluate = evaluator(server)
        status = check_vectors.main(None)
        server.stdin.close()
        return status or server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
