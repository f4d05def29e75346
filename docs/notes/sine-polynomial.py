"""Derives the coefficients of the codec's sine; see sine-polynomial.md.

Needs numpy and mpmath. Prints the coefficients as binary32 and the largest error of the
binary32 evaluation over random r.
"""

import itertools

import mpmath
import numpy as np

mpmath.mp.prec = 120
Z_MAX = mpmath.mpf(1) / 16


def target(z):
    """sin(2 pi r), where z = r (1/2 - r) and 0 <= r <= 1/4."""
    return mpmath.cos(2 * mpmath.pi * mpmath.sqrt(Z_MAX - z))


def remez(terms, rounds=12):
    """Returns c with the least max |target(z) - z (c0 + c1 z + ...)| on [0, 1/16]."""
    nodes = [Z_MAX * (1 - mpmath.cos(mpmath.pi * k / (terms + 1))) / 2 for k in range(terms + 1)]
    nodes = [z if z > 0 else Z_MAX / 100 for z in nodes]  # the error at z = 0 is zero
    for _ in range(rounds):
        rows = [[z ** (k + 1) for k in range(terms)] + [(-1) ** n] for n, z in enumerate(nodes)]
        solution = mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix([target(z) for z in nodes]))
        c = list(solution)[:terms]
        grid = [Z_MAX * n / 4000 for n in range(1, 4001)]
        error = [target(z) - sum(ck * z ** (k + 1) for k, ck in enumerate(c)) for z in grid]
        peaks, start = [], 0
        for n in range(1, len(grid) + 1):  # the largest error of each run of one sign
            if n == len(grid) or (error[n] > 0) != (error[start] > 0):
                peaks.append(max(range(start, n), key=lambda m: abs(error[m])))
                start = n
        assert len(peaks) == terms + 1, "lost the alternation"
        nodes = [grid[m] for m in peaks]
    return c, max(abs(e) for e in error)


def fma(a, b, c):
    """Binary32 fused multiply-add; double rounding is too rare to matter for a search."""
    return (a.astype(np.float64) * b.astype(np.float64) + np.float64(c)).astype(np.float32)


def evaluate(r, c):
    """The specified binary32 operations, for r in [-1/2, 1/2]."""
    s = r * (np.float32(0.5) - np.abs(r))
    z = np.abs(s)
    p = np.full_like(z, c[-1])
    for ck in c[-2::-1]:
        p = fma(p, z, ck)
    return s * p


def largest_error(c, r, exact):
    return np.max(np.abs(evaluate(r, c).astype(np.float64) - exact))


def polish(c, r, exact, reach):
    """Tries every neighbour within `reach` units in the last place of each coefficient."""
    best, least = c, largest_error(c, r, exact)
    steps = [
        [np.float32(ck + n * np.spacing(ck)) for n in range(-w, w + 1)] for ck, w in zip(c, reach)
    ]
    for candidate in itertools.product(*steps):
        error = largest_error(candidate, r, exact)
        if error < least:
            best, least = candidate, error
    return best, least


def main():
    exact_c, minimax = remez(4)
    print("minimax", [mpmath.nstr(ck, 20) for ck in exact_c], mpmath.nstr(minimax, 6))
    c = tuple(np.float32(float(ck)) for ck in exact_c)
    random = np.random.default_rng(1)
    coarse = random.uniform(0, 0.5, 2**14).astype(np.float32)
    coarse_sine = np.sin(2 * np.pi * coarse.astype(np.float64))
    print("rounded", largest_error(c, coarse, coarse_sine))
    for reach in [(0, 0, 16, 16), (3, 3, 2, 0), (1, 2, 6, 6), (1, 2, 3, 3)]:
        c, error = polish(c, coarse, coarse_sine, reach)
        print("polished", error)
    fine = random.uniform(0, 0.5, 2**24).astype(np.float32)
    fine_sine = np.sin(2 * np.pi * fine.astype(np.float64))
    for k, ck in enumerate(c):
        print(f"c{k} = {float(ck).hex()} = {ck:.9g}")
    print("error", largest_error(c, fine, fine_sine))
    print("largest value", np.max(evaluate(fine, c)))


if __name__ == "__main__":
    main()
