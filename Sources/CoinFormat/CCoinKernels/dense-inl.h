// The affine layer and its epilogues. Compiled once per instruction set by kernels.c.
// Deliberately no include guard. Needs: KERNEL, BLOCK_ROWS, BLOCK_VECTORS.

#include "sine-inl.h"

/// Computes outputs `o` to `o + rows` at pixels `p` to `p + 16 * vectors`.
///
/// `rows`, `vectors` and `epilogue` are constants wherever this is inlined, so that the sums
/// are registers.
INLINE void KERNEL(dense_block)(const dense *layer, size_t o, size_t p, size_t rows,
                                size_t vectors, enum epilogue epilogue) {
  vec sum[BLOCK_ROWS * BLOCK_VECTORS];
  UNROLL for (size_t r = 0; r < rows; r++) {
    UNROLL for (size_t v = 0; v < vectors; v++)
      sum[r * vectors + v] = (vec)(layer->biases ? layer->biases[o + r] : 0);
  }
  const float *w = layer->weights + o, *x = layer->input + p;
  for (size_t i = 0; i < layer->inputs; i++) {
    UNROLL for (size_t r = 0; r < rows; r++) {
      vec factor = (vec)w[r];
      UNROLL for (size_t v = 0; v < vectors; v++)
        sum[r * vectors + v] = __builtin_elementwise_fma(factor, *from(x + v * COIN_LANES), sum[r * vectors + v]);
    }
    w += layer->weight_stride;
    x += layer->input_stride;
  }
  float *y = layer->output + o * layer->output_stride + p;
  float *d = layer->derivative + o * layer->output_stride + p;
  UNROLL for (size_t r = 0; r < rows; r++) {
    UNROLL for (size_t v = 0; v < vectors; v++) {
      size_t offset = r * layer->output_stride + v * COIN_LANES;
      if (epilogue == SINE) KERNEL(sine)(&sum[r * vectors + v], NULL);
      if (epilogue == SINE_AND_DERIVATIVE) {
        vec derivative;
        KERNEL(sine)(&sum[r * vectors + v], &derivative);
        *at(d + offset) = derivative;
      }
      if (epilogue == TIMES_DERIVATIVE) sum[r * vectors + v] *= *from(d + offset);
      if (epilogue == RECTIFIED) sum[r * vectors + v] = __builtin_elementwise_max(sum[r * vectors + v], (vec)0);
      if (epilogue == WHERE_POSITIVE) sum[r * vectors + v] = *from(d + offset) > (vec)0 ? sum[r * vectors + v] : (vec)0;
      *at(y + offset) = sum[r * vectors + v];
    }
  }
}

/// Computes outputs `o` to `o + rows` at all pixels, a multiple of 16.
INLINE void KERNEL(dense_rows)(const dense *layer, size_t o, size_t rows,
                               enum epilogue epilogue) {
  size_t p = 0;
  // Few outputs alone would wait for each other: more vectors keep the units busy.
  size_t wide = rows * 4 <= BLOCK_ROWS ? 4 * BLOCK_VECTORS : rows * 2 <= BLOCK_ROWS ? 2 * BLOCK_VECTORS : BLOCK_VECTORS;
  if (wide > BLOCK_VECTORS) {
    for (; p + COIN_LANES * wide <= layer->pixels; p += COIN_LANES * wide)
      KERNEL(dense_block)(layer, o, p, rows, wide, epilogue);
  }
  for (; p + COIN_LANES * BLOCK_VECTORS <= layer->pixels; p += COIN_LANES * BLOCK_VECTORS)
    KERNEL(dense_block)(layer, o, p, rows, BLOCK_VECTORS, epilogue);
  if (epilogue == LINEAR && p < layer->pixels)  // a matrix of an odd number of vectors
    KERNEL(dense_block)(layer, o, p, rows, 1, epilogue);
}

/// Splits the outputs evenly into blocks of up to BLOCK_ROWS.
INLINE void KERNEL(dense_layer)(const dense *layer, enum epilogue epilogue) {
  size_t blocks = (layer->outputs + BLOCK_ROWS - 1) / BLOCK_ROWS;
  for (size_t o = 0, rows; blocks > 0; o += rows, blocks--) {
    rows = (layer->outputs - o + blocks - 1) / blocks;
    switch (rows) {
#define CASE(n) \
  case n: KERNEL(dense_rows)(layer, o, n, epilogue); break;
      CASE(1) CASE(2) CASE(3)
#if BLOCK_ROWS > 3
      CASE(4) CASE(5) CASE(6)
#endif
#if BLOCK_ROWS > 6
      CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14)
#endif
#undef CASE
    }
  }
}
