// Element-wise steps and orthonormal bases of the optimiser. Compiled once per instruction set
// by kernels.c. Deliberately no include guard. Needs: KERNEL.

static void KERNEL(average)(float *mean, const float *value, float decay, size_t count) {
  for (size_t k = 0; k < count; k += COIN_LANES) {
    vec v = *from(value + k);
    *at(mean + k) = __builtin_elementwise_fma((vec)decay, *from(mean + k) - v, v);
  }
}

static void KERNEL(add_scaled)(float *sum, const float *value, float factor, size_t count) {
  for (size_t k = 0; k < count; k += COIN_LANES)
    *at(sum + k) = __builtin_elementwise_fma((vec)factor, *from(value + k), *from(sum + k));
}

static void KERNEL(adam_step)(const coin_adam *adam, float *direction, float *mean,
                              float *variance, const float *gradient, size_t count) {
  for (size_t k = 0; k < count; k += COIN_LANES) {
    vec g = *from(gradient + k), square = g * g;
    vec m = __builtin_elementwise_fma((vec)adam->mean_decay, *from(mean + k) - g, g);
    vec v = __builtin_elementwise_fma((vec)adam->variance_decay, *from(variance + k) - square,
                                      square);
    *at(mean + k) = m;
    *at(variance + k) = v;
    vec size = __builtin_elementwise_sqrt(v * (vec)adam->variance_scale) + (vec)adam->epsilon;
    *at(direction + k) = m * (vec)adam->mean_scale / size;
  }
}

/// The dot product of two rows: fused multiply-adds per lane, then halved as gradients are.
static float KERNEL(dot)(const float *a, const float *b, size_t count) {
  vec lanes = (vec)0;
  for (size_t k = 0; k < count; k += COIN_LANES)
    lanes = __builtin_elementwise_fma(*from(a + k), *from(b + k), lanes);
  __typeof__(lanes.lo) half = lanes.lo + lanes.hi;
  __typeof__(half.lo) quarter = half.lo + half.hi;
  __typeof__(quarter.lo) pair = quarter.lo + quarter.hi;
  return pair.lo + pair.hi;
}

static void KERNEL(orthonormalize)(float *rows, size_t count, size_t stride) {
  for (size_t r = 0; r < count; r++) {
    float *row = rows + r * stride;
    // Twice is enough (Giraud, Langou, Rozloznik 2005): the second pass removes what rounding
    // has left of the earlier rows.
    for (int pass = 0; pass < 2; pass++) {
      for (size_t q = 0; q < r; q++)
        KERNEL(add_scaled)(row, rows + q * stride, -KERNEL(dot)(row, rows + q * stride, stride),
                           stride);
      float length = __builtin_sqrtf(KERNEL(dot)(row, row, stride));
      vec scale = (vec)(length > 0 ? 1 / length : 0);
      for (size_t k = 0; k < stride; k += COIN_LANES) *at(row + k) = *from(row + k) * scale;
    }
  }
}

const coin_optimizer_kernels KERNEL(coin_optimizer_kernels) = {
    .average = KERNEL(average), .add_scaled = KERNEL(add_scaled),
    .adam_step = KERNEL(adam_step), .orthonormalize = KERNEL(orthonormalize)};
