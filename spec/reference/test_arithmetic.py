#!/usr/bin/env python3
"""Checks the emulated fused multiply-add of coin_decode.py against exact rational numbers."""

import unittest
from fractions import Fraction

import numpy as np

from coin_decode import f32, fma, sine


def round_to_binary32(x):
    """The nearest binary32 number to a rational one, ties to even, as a rational one."""
    if x == 0:
        return x
    exponent = -149  # of the unit in the last place
    while abs(x) >= Fraction(2) ** (exponent + 24):
        exponent += 1
    # Python rounds fractions half to even, exactly.
    return round(x / Fraction(2) ** exponent) * Fraction(2) ** exponent


class FusedMultiplyAdd(unittest.TestCase):
    def check(self, a, b, c):
        a, b, c = (np.asarray(v, f32) for v in (a, b, c))
        for a, b, c, found in zip(a, b, c, fma(a, b, c)):
            exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
            message = f"{a.item().hex()} * {b.item().hex()} + {c.item().hex()}"
            self.assertEqual(Fraction(float(found)), round_to_binary32(exact), message)

    def numbers(self, count, low, high, seed):
        """Random numbers of many magnitudes."""
        random = np.random.default_rng(seed)
        return (random.uniform(-2, 2, count) * 2.0 ** random.integers(low, high, count)).astype(f32)

    def test_random_numbers(self):
        self.check(*(self.numbers(3000, -3, 3, seed) for seed in (1, 2, 3)))

    def test_magnitudes_far_apart(self):
        self.check(*(self.numbers(3000, -30, 30, seed) for seed in (4, 5, 6)))

    def test_cancellation(self):
        a, b = self.numbers(2000, -3, 3, 7), self.numbers(2000, -3, 3, 8)
        self.check(a, b, -(a * b))

    def test_subnormal_results(self):
        a, b = self.numbers(2000, -75, -60, 9), self.numbers(2000, -75, -60, 10)
        self.check(a, b, self.numbers(2000, -149, -126, 11))

    def test_ties_that_a_tiny_number_breaks(self):
        """Products halfway between two numbers, and sums beyond the precision of binary64."""
        odd = [1 + i * 2.0**-12 for i in range(1, 20, 2)]
        ties = [(a, b) for a in odd for b in odd]
        tiny = [sign * 2.0**e for sign in (1, -1) for e in (-26, -30, -52, -60, -80, -126, -149)]
        cases = [(a, sign * b, c) for a, b in ties for sign in (1, -1) for c in [*tiny, 0.0]]
        self.check(*zip(*cases))

    def test_ties_of_the_sum(self):
        """A tiny product decides between a number and its neighbor."""
        cases = []
        for k in range(50):
            for sign in (1, -1):
                # c is a large number, the product half its last place, and a little more or less.
                c, half = 1 + k * 2.0**-23, 2.0**-24
                cases += [(1.0, sign * half, c)]
                cases += [(1 + 2.0**-23, sign * half * (1 - 2.0**-23), c)]
                cases += [(1 + 2.0**-23, sign * half, c), (1 - 2.0**-24, sign * half, c)]
        self.check(*zip(*cases))

    def test_signs_of_zero(self):
        zeros = [f32(0.0), f32(-0.0)]
        for a in zeros:
            for c in zeros:
                found = fma(np.array([a]), np.array([f32(1)]), np.array([c]))[0]
                self.assertEqual(np.signbit(found), np.signbit(a) and np.signbit(c))


class Sine(unittest.TestCase):
    def test_accuracy(self):
        t = np.random.default_rng(12).uniform(-40, 40, 20_000).astype(f32)
        exact = np.sin(2 * np.pi * (t.astype(np.float64) % 1))
        self.assertLess(np.abs(sine(t) - exact).max(), 2.1e-7)

    def test_whole_turns(self):
        t = np.array([0, 1, -7, 2.0**23, -(2.0**40)], f32)
        self.assertTrue((sine(t) == 0).all())


if __name__ == "__main__":
    unittest.main()
