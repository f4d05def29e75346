"""Pictures of latents for tests and for vectors: drawn at random, at their limits, by hand."""

import numpy as np

from encode_latents import Picture


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
    "gray alpha 16": ((19, 8), {
        "channels": 2, "depth": 16, "levels": 6, "alpha": 0, "log_states": 1}),
    "rgb": ((21, 17), {"channels": 3, "levels": 4, "chroma": 1}),
    "rgb 16": ((16, 19), {"channels": 3, "depth": 16, "levels": 5, "luma": 1, "chroma": 2}),
    "rgba": ((15, 14), {"channels": 4, "levels": 3, "chroma": 1, "alpha": 0}),
    "rgba opaque 16": ((9, 10), {"channels": 4, "depth": 16, "levels": 3}),
    "seven levels": ((67, 41), {
        "channels": 3, "levels": 7, "chroma": 2, "width": 14, "synthesis": 16}),
    "eight levels": ((37, 21), {"channels": 3, "levels": 8, "chroma": 1}),
    "tiles": ((45, 37), {"channels": 3, "levels": 4, "chroma": 1, "tiles": (3, 2)}),
    "aligned tiles": ((40, 41), {"levels": 3, "tiles": (2, 3), "alignment": 4}),
    "one state": ((20, 35), {"levels": 3, "log_states": 0}),
    "four states": ((20, 35), {"levels": 3, "log_states": 2}),
    "least contexts": ((9, 9), {"levels": 2, "contexts": 2, "width": 2, "synthesis": 2}),
    "all contexts": ((9, 19), {
        "channels": 3, "levels": 2, "contexts": 16, "width": 32, "synthesis": 64}),
    "row": ((40, 1), {"channels": 3, "levels": 3}),
    "column": ((1, 40), {"channels": 3, "levels": 3}),
    "chroma finer than luma": ((10, 10), {"channels": 3, "levels": 3, "luma": 2}),
    "alpha finer than luma": ((11, 6), {"channels": 2, "levels": 4, "luma": 3, "alpha": 0}),
    "ten levels": ((9, 7), {"levels": 10, "luma": 2, "spread": 9.0}),
    "ten levels of one pixel": ((1, 1), {"channels": 3, "levels": 10, "chroma": 9}),
    "largest alignment": ((9, 5), {"levels": 2, "alignment": 12}),
    "escapes": ((17, 18), {"levels": 3, "spread": 150.0}),
}


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


def silent():
    """Latents of zero but at the coarsest level, at next to no cost: a level has no bytes."""
    picture = random_picture(12, (16, 12), levels=3)
    for name in ("W1", "W2", "W3"):
        picture.set(name, np.zeros(dict(picture.shapes())[name]), 0)
    picture.set("b3", [0, -40], 0)
    for level in (0, 1):
        picture.latents["Y", level][...] = 0
    return picture
