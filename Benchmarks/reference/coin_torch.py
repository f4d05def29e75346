#!/usr/bin/env python3
"""The COIN paper's method in PyTorch, timed: a SIREN, Adam at 2e-4, all pixels in every step.

  coin_torch.py IMAGE OUTPUT.json [--layers 10] [--width 28] [--steps 30] [--threads 2]

Written from the paper (Dupont et al. 2021) and from SIREN's (Sitzmann et al. 2020).
"""
import argparse
import json
import math
import time

import numpy as np
import torch
from PIL import Image

OMEGA = 30.0


class Siren(torch.nn.Module):
    """Sine layers of equal width from coordinates to colors, and a linear one."""

    def __init__(self, layers, width):
        super().__init__()
        sizes = [2] + [width] * layers + [3]
        self.linear = torch.nn.ModuleList(
            torch.nn.Linear(inputs, outputs) for inputs, outputs in zip(sizes, sizes[1:]))
        for index, layer in enumerate(self.linear):
            bound = 1 / 2 if index == 0 else math.sqrt(6 / layer.in_features) / OMEGA
            torch.nn.init.uniform_(layer.weight, -bound, bound)
            torch.nn.init.uniform_(layer.bias, -bound, bound)

    def forward(self, x):
        for layer in self.linear[:-1]:
            x = torch.sin(OMEGA * layer(x))
        return self.linear[-1](x)


def coordinates(height, width):
    """Rows and columns, both divided by the height, as the paper's code does."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    grid = torch.stack([rows, columns], dim=-1).reshape(-1, 2).float()
    return 2 * (grid / (height - 1) - 0.5)


def step(network, optimizer, places, colors):
    """One step as the paper's code takes it; it also measures the PSNR of the 8-bit picture."""
    optimizer.zero_grad()
    predicted = network(places)
    loss = torch.nn.functional.mse_loss(predicted, colors)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        eight_bit = torch.round(predicted.clamp(0, 1) * 255) / 255
        return -10 * math.log10((eight_bit - colors).pow(2).mean().item())


def seconds(action):
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("image")
    parser.add_argument("output")
    parser.add_argument("--layers", type=int, default=10)
    parser.add_argument("--width", type=int, default=28)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(arguments.threads)
    pixels = np.asarray(Image.open(arguments.image).convert("RGB"))
    colors = torch.from_numpy(pixels.reshape(-1, 3).astype(np.float32) / 255)
    places = coordinates(*pixels.shape[:2])
    network = Siren(arguments.layers, arguments.width)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-4)
    for _ in range(2):  # allocations and the choice of kernels are not what a step takes
        step(network, optimizer, places, colors)
    steps = [seconds(lambda: step(network, optimizer, places, colors))
             for _ in range(arguments.steps)]
    with torch.no_grad():
        decoding = min(seconds(lambda: network(places))[0] for _ in range(3))
    with open(arguments.output, "w") as file:
        json.dump({
            "step_s": sum(time for time, _ in steps) / len(steps), "decode_s": decoding,
            "psnr_db": steps[-1][1], "torch": torch.__version__,
            "parameters": sum(p.numel() for p in network.parameters())}, file)


if __name__ == "__main__":
    main()
