// Matrices of the optimiser. Compiled once per instruction set by kernels.c. Deliberately no
// include guard. Needs: KERNEL, dense-inl.h.

/// Transposes 16 x 16 numbers, of which the first `rows` rows and `columns` columns exist.
INLINE void KERNEL(transpose_block)(float *b, const float *a, size_t rows, size_t columns,
                                    size_t stride_a, size_t stride_b) {
  vec row[16], woven[16];
  UNROLL for (size_t r = 0; r < 16; r++) row[r] = r < rows ? *from(a + r * stride_a) : (vec)0;
  UNROLL for (size_t round = 0; round < 4; round++) {  // a perfect shuffle of the index bits
    UNROLL for (size_t r = 0; r < 8; r++) {
      woven[2 * r] = __builtin_shufflevector(row[r], row[r + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                             20, 5, 21, 6, 22, 7, 23);
      woven[2 * r + 1] = __builtin_shufflevector(row[r], row[r + 8], 8, 24, 9, 25, 10, 26, 11,
                                                 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    UNROLL for (size_t r = 0; r < 16; r++) row[r] = woven[r];
  }
  UNROLL for (size_t r = 0; r < 16; r++) {
    if (r < columns) *at(b + r * stride_b) = row[r];
  }
}

static void KERNEL(transpose)(float *b, const float *a, size_t rows, size_t columns,
                              size_t stride_a, size_t stride_b) {
  for (size_t row = 0; row < rows; row += 16)
    for (size_t column = 0; column < columns; column += 16)
      KERNEL(transpose_block)(b + column * stride_b + row, a + row * stride_a + column,
                              rows - row, columns - column, stride_a, stride_b);
}

static void KERNEL(dense_linear)(const dense *layer) { KERNEL(dense_layer)(layer, LINEAR); }

static void KERNEL(multiply)(float *c, const float *a, const float *b, size_t rows,
                             size_t inner, size_t columns, size_t stride_a, size_t stride_b,
                             size_t stride_c, int transpose_a) {
  float transposed[COIN_MAX_MATRIX * COIN_MAX_MATRIX];
  if (!transpose_a) {
    KERNEL(transpose)(transposed, a, rows, inner, stride_a, COIN_MAX_MATRIX);
    a = transposed;
    stride_a = COIN_MAX_MATRIX;
  }
  dense product = {
      .weights = a, .weight_stride = stride_a, .input = b, .input_stride = stride_b,
      .output = c, .output_stride = stride_c, .derivative = c, .outputs = rows,
      .inputs = inner, .pixels = coin_round_up(columns, COIN_LANES)};
  KERNEL(dense_linear)(&product);
}
