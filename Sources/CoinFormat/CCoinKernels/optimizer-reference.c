// The optimiser's kernels in plain C: what every variant must agree with, bit for bit.

#include <math.h>

#include "internal.h"

#pragma STDC FP_CONTRACT OFF

static void average(float *mean, const float *value, float decay, size_t count) {
  for (size_t k = 0; k < count; k++) mean[k] = fmaf(decay, mean[k] - value[k], value[k]);
}

static void add_scaled(float *sum, const float *value, float factor, size_t count) {
  for (size_t k = 0; k < count; k++) sum[k] = fmaf(factor, value[k], sum[k]);
}

static void adam_step(const coin_adam *adam, float *direction, float *mean, float *variance,
                      const float *gradient, size_t count) {
  for (size_t k = 0; k < count; k++) {
    float g = gradient[k], square = g * g;
    mean[k] = fmaf(adam->mean_decay, mean[k] - g, g);
    variance[k] = fmaf(adam->variance_decay, variance[k] - square, square);
    float size = sqrtf(variance[k] * adam->variance_scale) + adam->epsilon;
    direction[k] = mean[k] * adam->mean_scale / size;
  }
}

static float dot(const float *a, const float *b, size_t count) {
  float lanes[COIN_LANES] = {0};
  for (size_t k = 0; k < count; k++)
    lanes[k % COIN_LANES] = fmaf(a[k], b[k], lanes[k % COIN_LANES]);
  for (size_t half = COIN_LANES / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) lanes[k] += lanes[k + half];
  return lanes[0];
}

static void orthonormalize(float *rows, size_t count, size_t stride) {
  for (size_t r = 0; r < count; r++) {
    float *row = rows + r * stride;
    for (int pass = 0; pass < 2; pass++) {
      for (size_t q = 0; q < r; q++)
        add_scaled(row, rows + q * stride, -dot(row, rows + q * stride, stride), stride);
      float length = sqrtf(dot(row, row, stride));
      float scale = length > 0 ? 1 / length : 0;
      for (size_t k = 0; k < stride; k++) row[k] *= scale;
    }
  }
}

const coin_optimizer_kernels coin_optimizer_kernels_scalar = {
    .average = average, .add_scaled = add_scaled, .adam_step = adam_step,
    .orthonormalize = orthonormalize};
