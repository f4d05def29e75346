// Sums over pixels: the gradients of weights and biases. Compiled once per instruction set by
// kernels.c. Deliberately no include guard. Needs: KERNEL, GRADIENT_ROWS.

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

/// Adds the gradient of `rows` x `columns` weights (up to 4 x 4) over one tile.
///
/// - delta, value: the first of the 4 rows of each, `[4][stride]`; rows that do not exist
///   repeat the last, and their sums are dropped.
INLINE void KERNEL(add_weight_block)(const float *const delta[4], const float *const value[4],
                                     size_t pixels, size_t rows, size_t columns,
                                     size_t inputs, float *gradient) {
  vec lanes[16];
  UNROLL for (size_t o = 0; o < 4; o += GRADIENT_ROWS) {
    UNROLL for (size_t i = 0; i < 4; i += GRADIENT_ROWS) {
      vec sum[GRADIENT_ROWS][GRADIENT_ROWS];
      UNROLL for (size_t a = 0; a < GRADIENT_ROWS; a++) {
        UNROLL for (size_t b = 0; b < GRADIENT_ROWS; b++) sum[a][b] = (vec)0;
      }
      for (size_t p = 0; p < pixels; p += COIN_LANES) {
        UNROLL for (size_t a = 0; a < GRADIENT_ROWS; a++) {
          vec factor = *from(delta[o + a] + p);
          UNROLL for (size_t b = 0; b < GRADIENT_ROWS; b++)
            sum[a][b] =
                __builtin_elementwise_fma(factor, *from(value[i + b] + p), sum[a][b]);
        }
      }
      UNROLL for (size_t a = 0; a < GRADIENT_ROWS; a++) {
        UNROLL for (size_t b = 0; b < GRADIENT_ROWS; b++)
          lanes[4 * (o + a) + i + b] = sum[a][b];
      }
    }
  }
  vec sums;
  KERNEL(halve)(lanes, &sums);
  for (size_t a = 0; a < rows; a++)
    for (size_t b = 0; b < columns; b++) gradient[a * inputs + b] += sums[4 * a + b];
}

static void KERNEL(add_weight_gradient)(const float *delta, const float *value, size_t outputs,
                                        size_t inputs, size_t stride, size_t pixels,
                                        float *gradient) {
  for (size_t o = 0; o < outputs; o += 4)
    for (size_t i = 0; i < inputs; i += 4) {
      const float *deltas[4], *values[4];
      UNROLL for (size_t k = 0; k < 4; k++) {
        deltas[k] = delta + coin_min(o + k, outputs - 1) * stride;
        values[k] = value + coin_min(i + k, inputs - 1) * stride;
      }
      KERNEL(add_weight_block)(deltas, values, pixels, coin_min(4, outputs - o),
                               coin_min(4, inputs - i), inputs, gradient + o * inputs + i);
    }
}

static void KERNEL(add_bias_gradient)(const float *delta, size_t outputs, size_t stride,
                                      size_t pixels, float *gradient) {
  for (size_t o = 0; o < outputs; o += 16) {
    size_t rows = coin_min(16, outputs - o);
    vec lanes[16] = {0}, sums;
    for (size_t r = 0; r < rows; r += 4) {
      vec sum[4] = {0};
      for (size_t p = 0; p < pixels; p += COIN_LANES) {
        UNROLL for (size_t k = 0; k < 4; k++)
          sum[k] += *from(delta + coin_min(o + r + k, outputs - 1) * stride + p);
      }
      UNROLL for (size_t k = 0; k < 4; k++) lanes[r + k] = sum[k];
    }
    KERNEL(halve)(lanes, &sums);
    for (size_t r = 0; r < rows; r++) gradient[o + r] += sums[r];
  }
}
