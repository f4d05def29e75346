// Planes: placing latents, doubling the resolution (§7). Compiled once per instruction set by
// latents.c. Deliberately no include guard. Needs: KERNEL, layer-inl.h.

/// Adds one row of latents, each times `factor`.
INLINE void KERNEL(add_row)(int16_t *to, const int16_t *values, size_t count, int32_t factor) {
  size_t x = 0;
  for (; x + 16 <= count; x += 16) {
    i32v sum = __builtin_convertvector(*from16(to + x), i32v) +
               __builtin_convertvector(*from16(values + x), i32v) * factor;
    KERNEL(saturate)(to + x, &sum);
  }
  for (; x < count; x++)
    to[x] = (int16_t)smaller(larger(to[x] + values[x] * factor, -32768), 32767);
}

static void KERNEL(plane_add)(const coin_latent_plane *plane, const coin_latent_grid *grid,
                              int32_t left, int32_t top, int32_t factor) {
  int32_t x0 = larger(left, plane->left), y0 = larger(top, plane->top);
  int32_t x1 = smaller(left + (int32_t)grid->width, plane->left + plane->width);
  int32_t y1 = smaller(top + (int32_t)grid->height, plane->top + plane->height);
  if (!grid->values || x0 >= x1) return;
  for (int32_t y = y0; y < y1; y++)
    KERNEL(add_row)(plane->samples + (y - plane->top) * plane->stride + (x0 - plane->left),
                    grid->values + (size_t)(y - top) * grid->stride + (x0 - left),
                    (size_t)(x1 - x0), factor);
}

/// Four taps: sat16((taps[0] s0 + ... + taps[3] s3 + 2^11) >> 12), taps in two pairs.
INLINE void KERNEL(filter)(i32v *sum, const KERNEL(pair) * early, const KERNEL(pair) * late,
                           int32_t early_taps, int32_t late_taps) {
  *sum = (i32v)(1 << 11);
  KERNEL(dot)(sum, early, early_taps);
  KERNEL(dot)(sum, late, late_taps);
  *sum = clamp32(*sum >> 12, -32768, 32767);
}

/// Filters columns: `count` samples, and up to 15 more.
static void KERNEL(filter_columns)(int16_t *to, const int16_t *const rows[4], int32_t early,
                                   int32_t late, size_t count) {
  for (size_t x = 0; x < count; x += 16) {
    KERNEL(pair) first, second;
    i32v sum;
    KERNEL(make_pair)(&first, rows[0] + x, rows[1] + x);
    KERNEL(make_pair)(&second, rows[2] + x, rows[3] + x);
    KERNEL(filter)(&sum, &first, &second, early, late);
    *at16(to + x) = __builtin_convertvector(sum, i16v);
  }
}

/// Doubles a row: `count` samples and up to 31 more, from `row[-2]` on.
static void KERNEL(double_row)(int16_t *to, const int16_t *row, const int32_t taps[4],
                               size_t count) {
  for (size_t x = 0; x < count; x += 32, row += 16) {
    KERNEL(pair) p, q;
    i32v even, odd;
    KERNEL(make_pair)(&p, row - 2, row - 1);
    KERNEL(make_pair)(&q, row, row + 1);
    KERNEL(filter)(&even, &p, &q, taps[0], taps[1]);
    KERNEL(make_pair)(&p, row - 1, row);
    KERNEL(make_pair)(&q, row + 1, row + 2);
    KERNEL(filter)(&odd, &p, &q, taps[2], taps[3]);
    i16v a = __builtin_convertvector(even, i16v), b = __builtin_convertvector(odd, i16v);
    *at16(to + x) = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                            22, 7, 23);
    *at16(to + x + 16) = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                 13, 29, 14, 30, 15, 31);
  }
}

static void KERNEL(upsample)(const coin_latent_plane *from, const coin_latent_plane *to,
                             const int32_t taps[4], int16_t *row) {
  int32_t packed[4];  // even: e0 e1, e2 e3; odd: e3 e2, e1 e0
  for (int k = 0; k < 4; k++) {
    int first = k < 2 ? 2 * k : 7 - 2 * k, second = k < 2 ? first + 1 : first - 1;
    packed[k] = (int32_t)((uint32_t)taps[second] << 16 | ((uint32_t)taps[first] & 0xFFFF));
  }
  int16_t *line = row + COIN_LATENT_PAD;
  const int16_t *start = line + (to->left / 2 - from->left);
  for (int32_t k = 0; k < to->height; k++) {
    int32_t y = to->top + k, odd = y & 1;
    const int16_t *rows[4];
    for (int32_t tap = 0; tap < 4; tap++) {
      int32_t source = (y >> 1) - 2 + odd + tap - from->top;
      source = smaller(larger(source, 0), from->height - 1);
      rows[tap] = from->samples + source * from->stride;
    }
    KERNEL(filter_columns)(line, rows, packed[2 * odd], packed[2 * odd + 1],
                           (size_t)from->width);
    line[-2] = line[-1] = line[0];
    line[from->width] = line[from->width + 1] = line[from->width - 1];
    KERNEL(double_row)(to->samples + k * to->stride, start, packed, (size_t)to->width);
  }
}
