// Structural similarity of luma (Wang, Bovik, Sheikh, Simoncelli 2004), and its gradient. Compiled once
// per instruction set by fit.c. Needs: fit-math-inl.h, fit-synthesis-inl.h.
//
// With the error e = x - y, the contrast and structure of a window is 1 - v q: v is the variance of e, and
// q = 1 / (the variances of x and y + c2). So near a perfect picture nothing is a difference of large
// numbers, and the gradient at a pixel, over all windows that it is in with weights g, is
//
//     2 (e sum g q  -  x sum g v q^2  -  sum g (q mean(e) - v q^2 mean(x))).

/// exp(-d^2 / 4.5) for d = -5 ... 5, scaled to sum to 1.
static const float KERNEL(window)[COIN_FIT_WINDOW] = {
    0.00102838008f, 0.00759875814f, 0.0360007721f, 0.10936069f,    0.213005538f,  0.266011725f,
    0.213005538f,   0.10936069f,    0.0360007721f, 0.00759875814f, 0.00102838008f};

/// Columns of windows of a chunk, and numbers that they need of a row; windows begin one vector left of
/// the chunk.
enum {
  KERNEL(window_columns) = COIN_FIT_CHUNK + COIN_LANES,
  KERNEL(window_reach) = COIN_FIT_CHUNK + 2 * COIN_LANES,
};

/// Sums e, e^2, x, x^2 and x e down the columns of a row of windows, `count` columns from x on.
INLINE void KERNEL(window_sums)(const coin_plane *error, const coin_plane *target, size_t y,
                                ptrdiff_t x, size_t count, float *sums) {
  for (size_t k = 0; k < count; k += COIN_LANES) {
    vec s[5];
    UNROLL for (size_t m = 0; m < 5; m++) s[m] = (vec)0;
    UNROLL for (size_t d = 0; d < COIN_FIT_WINDOW; d++) {
      vec e = *from(error->origin + (y + d) * error->stride + x + (ptrdiff_t)k);
      vec v = *from(target->origin + (y + d) * target->stride + x + (ptrdiff_t)k) + e;
      vec we = (vec)KERNEL(window)[d] * e, wv = (vec)KERNEL(window)[d] * v;
      s[0] += we;
      s[1] = __builtin_elementwise_fma(we, e, s[1]);
      s[2] += wv;
      s[3] = __builtin_elementwise_fma(wv, v, s[3]);
      s[4] = __builtin_elementwise_fma(wv, e, s[4]);
    }
    UNROLL for (size_t m = 0; m < 5; m++) *at(sums + m * KERNEL(window_reach) + k) = s[m];
  }
}

/// What 16 windows lose, and what they give to the gradient of their pixels, from the sums of their columns.
INLINE void KERNEL(window_loss)(const coin_similarity *similarity, int with_luminance,
                                const float *sums, vec *loss, vec gives[3]) {
  vec m[5];
  UNROLL for (size_t k = 0; k < 5; k++) m[k] = (vec)0;
  UNROLL for (size_t d = 0; d < COIN_FIT_WINDOW; d++) {
    UNROLL for (size_t k = 0; k < 5; k++)
      m[k] = __builtin_elementwise_fma((vec)KERNEL(window)[d],
                                       *from(sums + k * KERNEL(window_reach) + d), m[k]);
  }
  const vec zero = (vec)0, one = (vec)1;
  vec e = m[0], x = m[2];
  vec v = __builtin_elementwise_max(m[1] - e * e, zero);
  vec variance = __builtin_elementwise_max(m[3] - x * x, zero);
  vec original = variance - (m[4] - x * e) * (vec)2 + v;
  original = __builtin_elementwise_max(original, zero);
  vec q = one / (variance + original + (vec)similarity->c2);
  vec t = v * q;
  vec vqq = t * q;
  gives[0] = q;
  gives[1] = vqq;
  gives[2] = q * e - vqq * x;
  *loss = t;
  if (!with_luminance) return;
  vec bright = x - (vec)similarity->black, before = bright - e;
  vec r = one / (bright * bright + before * before + (vec)similarity->c1);
  vec u = e * e * r;
  vec kept = one - u;
  gives[0] *= kept;
  gives[1] *= kept;
  gives[2] = gives[2] * kept - (one - t) * (r * e - u * r * bright);
  *loss = one - kept * (one - t);
}

/// Spreads what a row of windows gives along its pixels.
INLINE void KERNEL(spread_along)(const float *gives, size_t count, float *row) {
  for (size_t k = 0; k < count; k += COIN_LANES)
    UNROLL for (size_t m = 0; m < 3; m++) {
      const float *first = gives + m * KERNEL(window_columns) + COIN_LANES + k;
      vec sum = (vec)0;
      UNROLL for (size_t d = 0; d < COIN_FIT_WINDOW; d++)
        sum = __builtin_elementwise_fma((vec)KERNEL(window)[d], *from(first - d), sum);
      *at(row + m * COIN_FIT_CHUNK + k) = sum;
    }
}

/// The gradient of a row's pixels, from what the rows of windows that they are in give.
///
/// - rows: of the windows whose first row is 0 ... 10 rows above, or NULL where there are none.
INLINE void KERNEL(spread_down)(const coin_plane *error, const coin_plane *target, float factor,
                                size_t y, size_t x, size_t count, const float *const *rows,
                                const coin_plane *gradient) {
  const ivec lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (size_t k = 0; k < count; k += COIN_LANES) {
    vec sum[3];
    UNROLL for (size_t m = 0; m < 3; m++) sum[m] = (vec)0;
    UNROLL for (size_t d = 0; d < COIN_FIT_WINDOW; d++) {
      if (!rows[d]) continue;
      UNROLL for (size_t m = 0; m < 3; m++)
        sum[m] = __builtin_elementwise_fma((vec)KERNEL(window)[d],
                                           *from(rows[d] + m * COIN_FIT_CHUNK + k), sum[m]);
    }
    vec e = *from(error->origin + y * error->stride + x + k);
    vec v = *from(target->origin + y * target->stride + x + k) + e;
    vec g = (vec)factor * (e * sum[0] - v * sum[1] - sum[2]);
    g = lane < (ivec)((int)error->width - (int)(x + k)) ? g : (vec)0;
    *at(gradient->origin + y * gradient->stride + x + k) = g;
  }
}

static double KERNEL(similarity_loss)(const coin_similarity *similarity, const coin_plane *error,
                                      const coin_plane *target, int with_luminance, float factor,
                                      const coin_plane *gradient, uint32_t first, uint32_t last,
                                      float *workspace) {
  const ivec lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const uint32_t around = COIN_FIT_WINDOW - 1, width = error->width;
  const int last_column = (int)(width - around);
  // Windows that the rows are in, of which those that begin in them count.
  uint32_t top = first > around ? first - around : 0, bottom = error->height - around;
  if (bottom > last) bottom = last;
  if (!gradient) top = first < bottom ? first : bottom;
  float *sums = coin_align(workspace), *gives = sums + 5 * KERNEL(window_reach);
  float *spread = gives + 3 * KERNEL(window_columns);
  double_vec total = 0;
  for (uint32_t x = 0; x < width; x += COIN_FIT_CHUNK) {
    size_t count = coin_round_up(coin_min(COIN_FIT_CHUNK, width - x), COIN_LANES);
    for (uint32_t y = top; y < bottom; y++) {
      vec row_loss = (vec)0;
      KERNEL(window_sums)(error, target, y, (ptrdiff_t)x - COIN_LANES, count + 2 * COIN_LANES, sums);
      for (size_t k = 0; k < count + COIN_LANES; k += COIN_LANES) {
        vec loss, give[3];
        KERNEL(window_loss)(similarity, with_luminance, sums + k, &loss, give);
        ivec column = lane + (ivec)((int)x + (int)k - COIN_LANES);
        ivec inside = column >= 0 & column < last_column;
        if (k >= COIN_LANES) row_loss += inside ? loss : (vec)0;
        UNROLL for (size_t m = 0; m < 3; m++)
          *at(gives + m * KERNEL(window_columns) + k) = inside ? give[m] : (vec)0;
      }
      if (y >= first) total += __builtin_convertvector(row_loss, double_vec);
      if (gradient) KERNEL(spread_along)(gives, count, spread + (y - top) * 3 * COIN_FIT_CHUNK);
    }
    for (uint32_t y = first; gradient && y < last; y++) {
      const float *rows[COIN_FIT_WINDOW];
      for (uint32_t d = 0; d < COIN_FIT_WINDOW; d++) {
        int is_there = y >= d + top && y - d < bottom;
        rows[d] = is_there ? spread + (y - d - top) * 3 * COIN_FIT_CHUNK : NULL;
      }
      KERNEL(spread_down)(error, target, factor, y, x, count, rows, gradient);
    }
  }
  return KERNEL(double_sum)(&total);
}

/// Of an error by channel, the part that is luma; of three colors, a share of each.
static const float KERNEL(luma)[3] = {0.299f, 0.587f, 0.114f};

static double KERNEL(split_luma)(const coin_similarity *similarity, const coin_plane *error,
                                 uint32_t channels, const coin_plane *luma, uint32_t first,
                                 uint32_t last) {
  double_vec total = 0;
  const size_t colors = channels < 3 ? 1 : 3;
  for (uint32_t y = first; y < last; y++) {
    vec row_sum = (vec)0;
    for (uint32_t x = 0; x < luma->width; x += COIN_LANES) {
      vec e[4];
      for (size_t c = 0; c < channels; c++) e[c] = *from(error[c].origin + y * error[c].stride + x);
      vec value = e[0];
      if (colors == 3)
        value = (vec)KERNEL(luma)[0] * e[0] + (vec)KERNEL(luma)[1] * e[1] + (vec)KERNEL(luma)[2] * e[2];
      *at(luma->origin + y * luma->stride + x) = value;
      row_sum = __builtin_elementwise_fma((vec)similarity->squares * value, value, row_sum);
      for (size_t c = 0; c < channels; c++) {
        vec rest = c < colors ? e[c] - value : e[c];
        row_sum = __builtin_elementwise_fma(rest, rest, row_sum);
      }
    }
    total += __builtin_convertvector(row_sum, double_vec);
  }
  return KERNEL(double_sum)(&total);
}

/// The ends of the range of each channel.
typedef struct { const float *low, *high; } KERNEL(range);

/// Leaves of a gradient what does not drive an output further out of its range.
///
/// Beyond the range an output counts as its end, and a step outward changes nothing: a channel that another
/// one's error drives there, as luma joins them, would go on without end.
INLINE void KERNEL(keep_inside)(vec *gradient, const vec *difference, const vec *target,
                                const vec *weight, float low, float high) {
  // Differences are rounded, so what is nearly at an end counts as there.
  const vec slack = (vec)(1e-5f * (high - low)), zero = (vec)0;
  ivec leads_above = *difference >= *weight * ((vec)high - *target) - slack & *gradient < zero;
  ivec leads_below = *difference <= *weight * ((vec)low - *target) + slack & *gradient > zero;
  *gradient = leads_above | leads_below ? zero : *gradient;
}

/// Turns a row of errors into their gradient; `sums` get each channel's.
INLINE void KERNEL(join_row)(const coin_similarity *similarity, const coin_plane *error,
                             const coin_plane *target, KERNEL(range) range, uint32_t channels,
                             const coin_plane *luma, const coin_plane *gradient,
                             const coin_plane *coarser, const coin_plane *weight, float scale,
                             uint32_t y, vec sums[4]) {
  const size_t colors = channels < 3 ? 1 : 3;
  for (uint32_t x = 0; x < luma->width; x += COIN_LANES) {
    vec g = *from(gradient->origin + y * gradient->stride + x);
    if (coarser && y / 2 < coarser->height) {
      // A number of the coarser scale is the mean of four.
      vec half = *from(coarser->origin + (y / 2) * coarser->stride + x / 2);
      g += (vec)0.25f * __builtin_shufflevector(half, half, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    }
    vec value = *from(luma->origin + y * luma->stride + x);
    g += (vec)(scale * similarity->squares) * value;
    vec share = weight ? *from(weight->origin + y * weight->stride + x) : (vec)1;
    vec rest[3], sum = (vec)0;
    for (size_t c = 0; c < colors; c++) {
      rest[c] = *from(error[c].origin + y * error[c].stride + x) - value;
      sum += rest[c];
    }
    for (size_t c = 0; c < channels; c++) {
      const size_t place = y * error[c].stride + x;
      const vec difference = *from(error[c].origin + place);
      vec result;
      if (c < colors) {
        vec part = colors == 3 ? (vec)KERNEL(luma)[c] : (vec)1;
        result = share * ((vec)scale * (rest[c] - part * sum) + part * g);
        KERNEL(keep_inside)(&result, &difference, from(target[c].origin + place), &share,
                            range.low[c], range.high[c]);
      } else {
        result = (vec)scale * difference;
      }
      *at(error[c].origin + place) = result;
      sums[c] += result;
    }
  }
}

static void KERNEL(join_luma)(const coin_fit_shape *shape, const coin_similarity *similarity,
                              const coin_plane *residual,
                              const coin_plane *error, const coin_plane *target, const float *low,
                              const float *high, const coin_plane *luma,
                              const coin_plane *luma_gradient, const coin_plane *coarser,
                              const coin_plane *weight, float scale, uint32_t first, uint32_t last,
                              coin_fit_sample sample, float *gradient) {
  const KERNEL(range) range = {low, high};
  for (uint32_t y = first; y < last; y++) {
    vec sums[4] = {(vec)0, (vec)0, (vec)0, (vec)0};
    KERNEL(join_row)(similarity, error, target, range, shape->channels, luma, luma_gradient, coarser, weight,
                     scale, y, sums);
#define CASE(n) \
  case n: KERNEL(add_row_gradient)(shape, residual, error, y, sample, sums, gradient, n); break;
    switch (shape->channels) { CASE(1) CASE(2) CASE(3) default: CASE(4) }
#undef CASE
  }
}
