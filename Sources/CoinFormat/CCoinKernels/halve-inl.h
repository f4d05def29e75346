// Sums of lanes. Compiled once per instruction set. Deliberately no include guard. Needs: KERNEL.

/// Halves the lanes of 16 vectors to one number each: lane n of `sums` is that of vector n.
///
/// Each is summed as if alone: lane k += lane k + 8, then 4, 2, 1. A vector of a level holds
/// the lanes left of 2, 4, 8, then 16 of them.
INLINE void KERNEL(halve)(const vec lanes[16], vec *sums) {
  vec quarter[4];
  UNROLL for (size_t n = 0; n < 4; n++) {
    vec half[2];
    UNROLL for (size_t h = 0; h < 2; h++) {
      vec a = lanes[8 * h + n], b = lanes[8 * h + 4 + n];
      half[h] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21,
                                        22, 23) +
                __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28,
                                        29, 30, 31);
    }
    quarter[n] = __builtin_shufflevector(half[0], half[1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18,
                                         19, 24, 25, 26, 27) +
                 __builtin_shufflevector(half[0], half[1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21,
                                         22, 23, 28, 29, 30, 31);
  }
  vec pair[2];
  UNROLL for (size_t n = 0; n < 2; n++) {
    vec a = quarter[2 * n], b = quarter[2 * n + 1];
    pair[n] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13,
                                      28, 29) +
              __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15,
                                      30, 31);
  }
  *sums = __builtin_shufflevector(pair[0], pair[1], 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26,
                                  12, 14, 28, 30) +
          __builtin_shufflevector(pair[0], pair[1], 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27,
                                  13, 15, 29, 31);
}
