#!/usr/bin/env python3
"""Fits of sine networks in NumPy, for trials that the encoder has no options for.

Muon, batches, initial weights and schedule are the encoder's; in their place, or beside them: K-FAC,
Adam, pictures that are blurred at first, losses other than squares. Prints a line for each fit and
each mean. The results are in fitting.md.

    fitting-prototype.py [--optimizer muon|adam|kfac] [--rate R] [--passes N] ... PICTURE.png ...
"""

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402 (after the number of threads is set)
from PIL import Image  # noqa: E402

OMEGA = 30.0
BLOCK = 7  # A pass has BLOCK x BLOCK batches, each with one pixel of every block.


class Network:
    """Sine layers and a linear one; weights and biases of a layer are one matrix."""

    def __init__(self, layers, width, means, random):
        sizes = [2] + [width] * layers + [3]
        self.layers = []
        for index in range(layers + 1):
            inputs = sizes[index]
            bound = 0.8 / inputs if index == 0 else np.sqrt(6 / inputs) / OMEGA
            matrix = random.uniform(-bound, bound, (sizes[index + 1], inputs + 1))
            scale = 1.0 if index == layers else OMEGA
            self.layers.append((scale * matrix).astype(np.float32))
        self.layers[-1][:, -1] = means

    def forward(self, points, layers=None):
        """Values of `points` [2, N], with what the derivatives need."""
        layers = layers or self.layers
        hidden = np.concatenate([points, np.ones((1, points.shape[1]), np.float32)])
        inputs, slopes = [hidden], []
        for matrix in layers[:-1]:
            angles = matrix @ hidden
            hidden = np.ones((len(matrix) + 1, angles.shape[1]), np.float32)
            np.sin(angles, out=hidden[:-1])
            inputs.append(hidden)
            slopes.append(np.cos(angles))
        return layers[-1] @ hidden, inputs, slopes

    def deltas(self, delta, slopes):
        """Derivatives by each layer's affine outputs, from those by the network's."""
        result = [delta]
        for index in range(len(self.layers) - 1, 0, -1):
            delta = (self.layers[index][:, :-1].T @ delta) * slopes[index - 1]
            result.append(delta)
        return result[::-1]


class Muon:
    decay = np.float32(0.97)
    linear_factor = 0.2

    def __init__(self, network, _):
        self.momentum = [np.zeros_like(matrix) for matrix in network.layers]

    def directions(self, gradients, _rate):
        return [self.direction(index, gradient) for index, gradient in enumerate(gradients)]

    def direction(self, index, gradient):
        self.momentum[index] = gradient + self.decay * self.momentum[index]
        x = gradient + self.decay * self.momentum[index]
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        x = x / (np.linalg.norm(x) + 1e-30)
        for _ in range(6):
            gram = x @ x.T
            cubic = gram @ x
            x = 3.4445 * x - 4.7750 * cubic + 2.0315 * (gram @ cubic)
        x = x * np.sqrt(x.shape[1])
        return x.T if tall else x


class Adam:
    decay = 0.95
    linear_factor = 0.2

    def __init__(self, network, _):
        self.means = [np.zeros_like(matrix) for matrix in network.layers]
        self.squares = [np.zeros_like(matrix) for matrix in network.layers]
        self.count = 0

    def directions(self, gradients, _rate):
        self.count += 1
        bias = 1 - self.decay**self.count
        result = []
        for mean, square, gradient in zip(self.means, self.squares, gradients):
            mean += (1 - self.decay) * (gradient - mean)
            square += (1 - self.decay) * (gradient * gradient - square)
            result.append(mean / bias / (np.sqrt(square / bias) + 1e-12))
        return result


class KFAC:
    """Martens and Grosse 2015, with the exact Gauss-Newton matrix of the three outputs.

    Factors are means of 1024 pixels every fifth step; damping is divided between them by their
    traces; steps are cut so that the quadratic model changes by `--trust` at most.
    """

    decay, momentum_decay, period, sample = 0.95, 0.9, 5, 1024
    linear_factor = 1

    def __init__(self, network, options):
        self.network, self.options = network, options
        count = len(network.layers)
        self.factors, self.inverses = [None] * count, [None] * count
        self.momentum = [np.zeros_like(matrix) for matrix in network.layers]
        self.count = 0

    def observe(self, inputs, slopes, random):
        if self.count % self.period == 0:
            total = inputs[0].shape[1]
            chosen = random.choice(total, min(self.sample, total), replace=False)
            self.update([x[:, chosen] for x in inputs], [x[:, chosen] for x in slopes])
        self.count += 1

    def update(self, inputs, slopes):
        pixels = inputs[0].shape[1]
        outer = 0
        for channel in range(3):
            delta = np.zeros((3, pixels), np.float32)
            delta[channel] = 1
            parts = [d @ d.T / pixels for d in self.network.deltas(delta, slopes)]
            outer = parts if channel == 0 else [a + b for a, b in zip(outer, parts)]
        for index, (x, g) in enumerate(zip(inputs, outer)):
            new = (x @ x.T / pixels, g)
            weight = min(self.decay, 1 - 1 / (self.count / self.period + 1))
            old = self.factors[index] or new
            self.factors[index] = tuple(weight * o + (1 - weight) * n for o, n in zip(old, new))
            self.inverses[index] = self.damped_inverses(*self.factors[index])

    def damped_inverses(self, x, g):
        ratio = np.sqrt(np.trace(x) / len(x) / (np.trace(g) / len(g)))
        root = np.sqrt(self.options.damping)
        return [
            np.linalg.inv(matrix.astype(float) + part * np.eye(len(matrix))).astype(np.float32)
            for matrix, part in ((g, root / ratio), (x, root * ratio))
        ]

    def directions(self, gradients, rate):
        steps = [g @ gradient @ x for (g, x), gradient in zip(self.inverses, gradients)]
        change = rate**2 * sum(float((s * g).sum()) for s, g in zip(steps, gradients))
        cut = min(1.0, np.sqrt(self.options.trust / (change + 1e-30)))
        for momentum, step in zip(self.momentum, steps):
            momentum *= self.momentum_decay
            momentum += cut * step
        return self.momentum


LOSSES = {
    "squares": lambda e: e,
    "absolute": lambda e: e / np.sqrt(e * e + 1e-4) * 0.05,
    "fourth": lambda e: e**3 * 100,
    "huber": lambda e: np.clip(e, -0.1, 0.1),
}


def pass_order(height, width, random):
    """The pixels of each batch of a pass, from an offset drawn at random."""
    rows, columns = height // BLOCK, width // BLOCK
    top = random.integers(0, height - rows * BLOCK + 1)
    left = random.integers(0, width - columns * BLOCK + 1)
    order = np.argsort(random.random((rows * columns, BLOCK * BLOCK)), axis=1)
    row, column = np.divmod(np.arange(rows * columns)[:, None], columns)
    y = top + row * BLOCK + order // BLOCK
    x = left + column * BLOCK + order % BLOCK
    return (y * width + x).T.copy()


def blurred(picture, sigma):
    from scipy.ndimage import gaussian_filter

    channels = [gaussian_filter(picture[..., c], sigma, mode="nearest") for c in range(3)]
    return np.stack(channels, -1).astype(np.float32)


def fit(path, options):
    """The PSNR of the decoded picture, its weights rounded to binary16."""
    random = np.random.default_rng(options.seed)
    picture = np.asarray(Image.open(path).convert("RGB")).astype(np.float32) / 255
    height, width, _ = picture.shape
    x, y = [(2 * np.arange(n) + 1 - n) / max(width, height) for n in (width, height)]
    points = np.stack([np.tile(x, height), np.repeat(y, width)]).astype(np.float32)
    values = picture.reshape(-1, 3).T.copy()
    network = Network(options.layers, options.width, values.mean(1), random)
    kind = {"muon": Muon, "adam": Adam, "kfac": KFAC}[options.optimizer]
    optimizer = kind(network, options)
    stages = [(until, blurred(picture, sigma).reshape(-1, 3).T) for until, sigma in options.blur]
    step, step_count = 0, options.passes * BLOCK * BLOCK
    for number in range(options.passes):
        done = number / options.passes
        target = next((blur for until, blur in stages if done < until), values)
        for batch in pass_order(height, width, random):
            done = step / step_count
            schedule = (done + 1e-3) / 0.02 if done < 0.02 else (1 - done) / 0.98
            rate, step = options.rate * schedule, step + 1
            outputs, inputs, slopes = network.forward(points[:, batch])
            delta = LOSSES[options.loss](outputs - target[:, batch]) / len(batch)
            deltas = network.deltas(delta.astype(np.float32), slopes)
            if isinstance(optimizer, KFAC):
                optimizer.observe(inputs, slopes, random)
            gradients = [d @ i.T for d, i in zip(deltas, inputs)]
            directions = optimizer.directions(gradients, rate)
            for index, (matrix, direction) in enumerate(zip(network.layers, directions)):
                last = index == len(network.layers) - 1
                factor = rate * (optimizer.linear_factor if last else 1)
                matrix -= (factor * direction).astype(np.float32)
    return psnr(network, points, values)


def psnr(network, points, values):
    layers = [matrix.astype(np.float16).astype(np.float32) for matrix in network.layers]
    parts = np.array_split(np.arange(points.shape[1]), 16)
    decoded = np.concatenate([network.forward(points[:, part], layers)[0] for part in parts], 1)
    error = np.clip(np.rint(decoded * 255), 0, 255) - np.rint(values * 255)
    return 10 * np.log10(255**2 / np.mean(error**2))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--layers", type=int, default=10)
    parser.add_argument("--width", type=int, default=28)
    parser.add_argument("--passes", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--optimizer", choices=["muon", "adam", "kfac"], default="muon")
    parser.add_argument("--rate", type=float, default=0.006, help="highest learning rate")
    parser.add_argument("--damping", type=float, default=0.01)
    parser.add_argument("--trust", type=float, default=0.001)
    parser.add_argument("--loss", choices=list(LOSSES), default="squares")
    parser.add_argument(
        "--blur", nargs=2, type=float, action="append", default=[], metavar=("UNTIL", "SIGMA"),
        help="blur the picture by SIGMA pixels until this part of the fit")
    options = parser.parse_args()
    results = []
    for path in options.pictures:
        start = time.time()
        results.append(fit(path, options))
        name = os.path.basename(path)
        print(f"{name}: {results[-1]:.2f} dB, {time.time() - start:.0f} s", flush=True)
    print(f"mean: {np.mean(results):.2f} dB")


if __name__ == "__main__":
    main()
