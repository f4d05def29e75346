// Sums over pixels: the gradients of weights and biases. Compiled once per instruction set by
// kernels.c. Deliberately no include guard. Needs: KERNEL, GRADIENT_ROWS.

#include "halve-inl.h"

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
