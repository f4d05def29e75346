// Gradients of weights and biases that are summed over many chunks. Compiled once per instruction
// set by fit.c. Needs: KERNEL, ACCUMULATE, gradient-inl.h.
//
// Each weight has a vector of sums, which goes on from chunk to chunk; its lanes are halved once
// at the end. That keeps the halving, which costs as much as 30 vectors of products, out of the
// chunks.

/// Adds `rows` x `columns` products to their vectors of sums, `[rows][stride]` of them.
INLINE void KERNEL(accumulate_block)(const float *delta, const float *value, size_t pixels,
                                     size_t rows, size_t columns, float *sums, size_t stride) {
  vec sum[ACCUMULATE][ACCUMULATE];
  UNROLL for (size_t a = 0; a < rows; a++) {
    UNROLL for (size_t b = 0; b < columns; b++)
      sum[a][b] = *from(sums + (a * stride + b) * COIN_LANES);
  }
  for (size_t p = 0; p < pixels; p += COIN_LANES) {
    vec factor[ACCUMULATE];
    UNROLL for (size_t a = 0; a < rows; a++) factor[a] = *from(delta + a * COIN_FIT_ROW + p);
    UNROLL for (size_t b = 0; b < columns; b++) {
      vec v = *from(value + b * COIN_FIT_ROW + p);
      UNROLL for (size_t a = 0; a < rows; a++)
        sum[a][b] = __builtin_elementwise_fma(factor[a], v, sum[a][b]);
    }
  }
  UNROLL for (size_t a = 0; a < rows; a++) {
    UNROLL for (size_t b = 0; b < columns; b++)
      *at(sums + (a * stride + b) * COIN_LANES) = sum[a][b];
  }
}

/// Adds the products of all pairs of rows of a chunk to `[outputs][stride]` vectors of sums, of
/// which the first `inputs` of each row.
static void KERNEL(accumulate)(const float *delta, const float *value, size_t outputs,
                               size_t inputs, size_t pixels, float *sums, size_t stride) {
  size_t row_blocks = (outputs + ACCUMULATE - 1) / ACCUMULATE;
  for (size_t o = 0, rows; row_blocks > 0; o += rows, row_blocks--) {
    rows = (outputs - o + row_blocks - 1) / row_blocks;
    size_t blocks = (inputs + ACCUMULATE - 1) / ACCUMULATE;
    for (size_t i = 0, columns; blocks > 0; i += columns, blocks--) {
      columns = (inputs - i + blocks - 1) / blocks;
      const float *d = delta + o * COIN_FIT_ROW, *v = value + i * COIN_FIT_ROW;
      float *s = sums + (o * stride + i) * COIN_LANES;
      switch (rows * 8 + columns) {
#define CASE(r, c) \
  case r * 8 + c: KERNEL(accumulate_block)(d, v, pixels, r, c, s, stride); break;
        CASE(1, 1) CASE(1, 2) CASE(2, 1) CASE(2, 2)
#if ACCUMULATE > 2
        CASE(1, 3) CASE(2, 3) CASE(3, 1) CASE(3, 2) CASE(3, 3)
        CASE(1, 4) CASE(2, 4) CASE(3, 4) CASE(4, 1) CASE(4, 2) CASE(4, 3) CASE(4, 4)
        CASE(1, 5) CASE(2, 5) CASE(3, 5) CASE(4, 5)
        CASE(5, 1) CASE(5, 2) CASE(5, 3) CASE(5, 4) CASE(5, 5)
#endif
#undef CASE
      }
    }
  }
}

/// Adds rows of a chunk to vectors of sums, `stride` vectors apart.
static void KERNEL(accumulate_rows)(const float *delta, size_t outputs, size_t pixels, float *sums,
                                    size_t stride) {
  for (size_t o = 0; o < outputs; o++) {
    vec sum = *from(sums + o * stride * COIN_LANES);
    for (size_t p = 0; p < pixels; p += COIN_LANES) sum += *from(delta + o * COIN_FIT_ROW + p);
    *at(sums + o * stride * COIN_LANES) = sum;
  }
}

/// Halves `count` vectors of sums and adds `factor` times them to `gradient`; `count` is rounded up
/// to 16, and the vectors beyond it are ignored.
static void KERNEL(add_sums)(const float *sums, size_t count, float factor, float *gradient) {
  for (size_t k = 0; k < count; k += 16) {
    vec lanes[16], halved;
    for (size_t n = 0; n < 16; n++) lanes[n] = k + n < count ? *from(sums + (k + n) * COIN_LANES) : (vec)0;
    KERNEL(halve)(lanes, &halved);
    for (size_t n = 0; n < 16 && k + n < count; n++) gradient[k + n] += factor * halved[n];
  }
}
