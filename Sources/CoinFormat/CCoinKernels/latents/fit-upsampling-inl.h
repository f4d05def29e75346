// Upsampling by 2 and its gradient. Compiled once per instruction set by fit.c.
// Needs: fit-math-inl.h.

/// The four rows that give row `y` of the output, in the order of the taps 0 to 3.
INLINE void KERNEL(tap_rows)(ptrdiff_t y, ptrdiff_t rows[4]) {
  ptrdiff_t i = y >> 1;
  for (ptrdiff_t j = 0; j < 4; j++) rows[j] = y % 2 == 0 ? i - 2 + j : i + 2 - j;
}

/// The vertical pass of output row `y`, columns `x` to `x + count` of the input.
INLINE void KERNEL(upsample_down)(const coin_plane *in, ptrdiff_t y, ptrdiff_t x, size_t count,
                                  const float *taps, float *to) {
  ptrdiff_t rows[4];
  KERNEL(tap_rows)(y, rows);
  const float *r0 = in->origin + rows[0] * (ptrdiff_t)in->stride + x;
  const float *r1 = in->origin + rows[1] * (ptrdiff_t)in->stride + x;
  const float *r2 = in->origin + rows[2] * (ptrdiff_t)in->stride + x;
  const float *r3 = in->origin + rows[3] * (ptrdiff_t)in->stride + x;
  for (size_t p = 0; p < count; p += COIN_LANES) {
    vec sum = (vec)taps[0] * *from(r0 + p);
    sum = __builtin_elementwise_fma((vec)taps[1], *from(r1 + p), sum);
    sum = __builtin_elementwise_fma((vec)taps[2], *from(r2 + p), sum);
    *at(to + p) = __builtin_elementwise_fma((vec)taps[3], *from(r3 + p), sum);
  }
}

/// The horizontal pass: `count` outputs from column 0 on, of `row[-2]` to `row[count / 2 + 1]`.
INLINE void KERNEL(upsample_across)(const float *row, size_t count, const float *taps,
                                    float *to) {
  for (size_t p = 0; p < count; p += 2 * COIN_LANES) {
    const float *s = row + p / 2;
    vec m2 = *from(s - 2), m1 = *from(s - 1), c = *from(s), p1 = *from(s + 1), p2 = *from(s + 2);
    vec even = (vec)taps[0] * m2, odd = (vec)taps[3] * m1;
    even = __builtin_elementwise_fma((vec)taps[1], m1, even);
    even = __builtin_elementwise_fma((vec)taps[2], c, even);
    even = __builtin_elementwise_fma((vec)taps[3], p1, even);
    odd = __builtin_elementwise_fma((vec)taps[2], c, odd);
    odd = __builtin_elementwise_fma((vec)taps[1], p1, odd);
    odd = __builtin_elementwise_fma((vec)taps[0], p2, odd);
    *at(to + p) = __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                          22, 7, 23);
    *at(to + p + COIN_LANES) = __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27,
                                                       12, 28, 13, 29, 14, 30, 15, 31);
  }
}

/// The gradient of the horizontal pass: adds nothing, writes `count` columns of the input's from
/// `x` on; `delta` is the output's, of which columns 2x - 3 to 2(x + count) + 2 are read.
INLINE void KERNEL(upsample_across_gradient)(const float *delta, ptrdiff_t x, size_t count,
                                             const float *taps, float *to) {
  for (size_t p = 0; p < count; p += COIN_LANES) {
    const float *d = delta + 2 * (x + (ptrdiff_t)p);
    // Column c is tap 0 of output 2c + 4, 1 of 2c + 2, 2 of 2c, 3 of 2c - 2 and, mirrored, tap 3
    // of 2c + 3, 2 of 2c + 1, 1 of 2c - 1, 0 of 2c - 3.
    vec sum = (vec)0;
    UNROLL for (ptrdiff_t j = 0; j < 4; j++) {
      vec a = *from(d + 4 - 2 * j), b = *from(d + 4 - 2 * j + COIN_LANES);
      vec even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
                                         28, 30);
      sum = __builtin_elementwise_fma((vec)taps[j], even, sum);
      vec e = *from(d - 3 + 2 * j), f = *from(d - 3 + 2 * j + COIN_LANES);
      vec odd = __builtin_shufflevector(e, f, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
                                        28, 30);
      sum = __builtin_elementwise_fma((vec)taps[j], odd, sum);
    }
    *at(to + p) = sum;
  }
}

INLINE float KERNEL(lane_sum)(vec *lanes) {
  __typeof__((*lanes).lo) half = (*lanes).lo + (*lanes).hi;
  __typeof__(half.lo) quarter = half.lo + half.hi;
  __typeof__(quarter.lo) pair = quarter.lo + quarter.hi;
  return pair.lo + pair.hi;
}

INLINE double KERNEL(double_sum)(double_vec *lanes) {
  double sum[COIN_LANES];
  for (size_t k = 0; k < COIN_LANES; k++) sum[k] = (*lanes)[k];
  for (size_t half = COIN_LANES / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) sum[k] += sum[k + half];
  return sum[0];
}

/// Adds to the gradient of the taps of the horizontal pass, over `count` outputs from column 0.
///
/// - row: the input, as in upsample_across. delta: the output's gradient, zero beyond its end.
INLINE void KERNEL(add_taps_across)(const float *row, const float *delta, size_t count,
                                    float *gradient) {
  vec sum[4] = {(vec)0, (vec)0, (vec)0, (vec)0};
  for (size_t p = 0; p < count; p += 2 * COIN_LANES) {
    vec a = *from(delta + p), b = *from(delta + p + COIN_LANES);
    vec even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                       30);
    vec odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29,
                                      31);
    const float *s = row + p / 2;
    vec m2 = *from(s - 2), m1 = *from(s - 1), c = *from(s), p1 = *from(s + 1), p2 = *from(s + 2);
    sum[0] = __builtin_elementwise_fma(even, m2, __builtin_elementwise_fma(odd, p2, sum[0]));
    sum[1] = __builtin_elementwise_fma(even, m1, __builtin_elementwise_fma(odd, p1, sum[1]));
    sum[2] = __builtin_elementwise_fma(even, c, __builtin_elementwise_fma(odd, c, sum[2]));
    sum[3] = __builtin_elementwise_fma(even, p1, __builtin_elementwise_fma(odd, m1, sum[3]));
  }
  for (size_t j = 0; j < 4; j++) gradient[j] += KERNEL(lane_sum)(&sum[j]);
}

/// The gradient of the vertical pass of output row `y`: adds `delta`, `count` columns from `x` on,
/// to the rows of the input's gradient, and to that of the taps.
INLINE void KERNEL(add_upsample_down)(const coin_plane *in, const coin_plane *in_gradient,
                                      ptrdiff_t y, ptrdiff_t x, size_t count, const float *delta,
                                      const float *taps, float *gradient) {
  ptrdiff_t rows[4], height = (ptrdiff_t)in->height;
  KERNEL(tap_rows)(y, rows);
  for (ptrdiff_t j = 0; j < 4; j++) {
    // A row of the padding repeats the border's.
    ptrdiff_t row = rows[j] < 0 ? 0 : rows[j] < height ? rows[j] : height - 1;
    const float *s = in->origin + row * (ptrdiff_t)in->stride + x;
    float *g = in_gradient->origin + row * (ptrdiff_t)in_gradient->stride + x;
    vec sum = (vec)0, tap = (vec)taps[j];
    for (size_t p = 0; p < count; p += COIN_LANES) {
      vec d = *from(delta + p);
      sum = __builtin_elementwise_fma(d, *from(s + p), sum);
      *at(g + p) = __builtin_elementwise_fma(tap, d, *from(g + p));
    }
    gradient[j] += KERNEL(lane_sum)(&sum);
  }
}

/// Folds the gradient of replicated columns into the border's: `row[-2]`, `row[-1]` into `row[0]`,
/// and two beyond the end; leaves zeros there, up to `end`.
INLINE void KERNEL(fold_columns)(float *row, size_t width, size_t end) {
  row[0] += row[-1] + row[-2];
  row[width - 1] += row[width] + row[width + 1];
  row[-1] = row[-2] = 0;
  for (size_t x = width; x < end; x++) row[x] = 0;
}

static void KERNEL(upsample)(const coin_plane *in, const coin_plane *out, const float *taps,
                             float *workspace) {
  float *row = coin_align(workspace) + COIN_FIT_MARGIN;
  size_t width = coin_round_up(in->width + 4, COIN_LANES);
  for (uint32_t y = 0; y < out->height; y++) {
    KERNEL(upsample_down)(in, y, -2, width, taps, row - 2);
    KERNEL(upsample_across)(row, out->width, taps, out->origin + y * out->stride);
  }
  coin_plane_replicate(out);
}

static void KERNEL(upsample_gradient)(const coin_plane *in, const coin_plane *in_gradient,
                                      const coin_plane *out_gradient, const float *taps,
                                      float *taps_gradient, float *workspace) {
  size_t padded = coin_round_up(in->width + 4, COIN_LANES);
  float *row = coin_align(workspace) + COIN_FIT_MARGIN, *d = row + padded + 4 * COIN_LANES;
  for (uint32_t y = 0; y < out_gradient->height; y++) {
    const float *delta = out_gradient->origin + y * out_gradient->stride;
    KERNEL(upsample_down)(in, y, -2, padded, taps, row - 2);
    KERNEL(add_taps_across)(row, delta, out_gradient->width, taps_gradient);
    KERNEL(upsample_across_gradient)(delta, -2, padded, taps, d - 2);
    KERNEL(fold_columns)(d, in->width, coin_round_up(in->width, COIN_LANES) + COIN_LANES);
    KERNEL(add_upsample_down)(in, in_gradient, y, 0, coin_round_up(in->width, COIN_LANES), d, taps,
                              taps_gradient);
  }
}

static void KERNEL(copy)(const coin_plane *in, const coin_plane *out, float factor, int add) {
  for (uint32_t y = 0; y < in->height; y++) {
    const float *s = in->origin + y * in->stride;
    float *d = out->origin + y * out->stride;
    for (uint32_t x = 0; x < in->width; x += COIN_LANES)
      *at(d + x) = __builtin_elementwise_fma((vec)factor, *from(s + x), add ? *from(d + x) : (vec)0);
  }
}
