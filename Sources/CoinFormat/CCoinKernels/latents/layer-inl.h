// Vectors of 16 and the affine layer. Compiled once per instruction set by latents.c.
// Deliberately no include guard. Needs: KERNEL, BLOCK_ROWS, and one of the DOT_ macros.

/// Inputs 2 k and 2 k + 1 of 16 pixels or lanes.
#if defined(DOT_WIDENED)
typedef struct {
  i16v even, odd;
} KERNEL(pair);
#else
typedef i32v KERNEL(pair);  // the even one in the lower half of a lane
#endif

INLINE void KERNEL(make_pair)(KERNEL(pair) *pair, const int16_t *even, const int16_t *odd) {
#if defined(DOT_WIDENED)
  *pair = (KERNEL(pair)){*from16(even), *from16(odd)};
#elif defined(DOT_WASM)
  *pair = (i32v)__builtin_shufflevector(*from16(even), *from16(odd), 0, 16, 1, 17, 2, 18, 3, 19,
                                        4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11,
                                        27, 12, 28, 13, 29, 14, 30, 15, 31);
#else
  u16v low = *(const u16v *)even, high = *(const u16v *)odd;
  *pair = (i32v)(__builtin_convertvector(low, u32v) |
                 __builtin_convertvector(high, u32v) << 16);
#endif
}

/// The same of two vectors of 0...32767 in 32 bits.
INLINE void KERNEL(join)(KERNEL(pair) *pair, const i32v *even, const i32v *odd) {
#if defined(DOT_WIDENED)
  *pair = (KERNEL(pair)){__builtin_convertvector(*even, i16v),
                         __builtin_convertvector(*odd, i16v)};
#else
  *pair = *even | *odd << 16;
#endif
}

/// Adds even * lower half + odd * upper half of `weights`.
INLINE void KERNEL(dot)(i32v *sum, const KERNEL(pair) * pair, int32_t weights) {
#if defined(DOT_VNNI)
  *sum = (i32v)__builtin_ia32_vpdpwssd512((raw512)*sum, (raw512)*pair, (raw512)(i32v)weights);
#elif defined(DOT_AVX2)
  raw256 w = (raw256)(i32x8)weights;
  i32x8 low = (i32x8)__builtin_ia32_pmaddwd256((raw256)pair->lo, w);
  i32x8 high = (i32x8)__builtin_ia32_pmaddwd256((raw256)pair->hi, w);
  sum->lo += low;
  sum->hi += high;
#elif defined(DOT_WASM)
  raw128 w = (raw128)(i32x4)weights;
  sum->lo.lo += (i32x4)__builtin_wasm_dot_s_i32x4_i16x8((raw128)pair->lo.lo, w);
  sum->lo.hi += (i32x4)__builtin_wasm_dot_s_i32x4_i16x8((raw128)pair->lo.hi, w);
  sum->hi.lo += (i32x4)__builtin_wasm_dot_s_i32x4_i16x8((raw128)pair->hi.lo, w);
  sum->hi.hi += (i32x4)__builtin_wasm_dot_s_i32x4_i16x8((raw128)pair->hi.hi, w);
#else
  *sum += __builtin_convertvector(pair->even, i32v) * (int32_t)(int16_t)weights;
  *sum += __builtin_convertvector(pair->odd, i32v) * (weights >> 16);
#endif
}

/// Sums `rows` outputs of a layer, from row `o` on.
INLINE void KERNEL(layer_block)(i32v *out, const KERNEL(pair) * x, size_t pairs,
                                const int32_t *weights, const int32_t *biases, size_t stride,
                                size_t o, size_t rows) {
  i32v sum[BLOCK_ROWS];
  UNROLL for (size_t r = 0; r < rows; r++) sum[r] = biases ? (i32v)biases[o + r] : out[o + r];
  const int32_t *w = weights + o;
  for (size_t k = 0; k < pairs; k++, w += stride) {
    KERNEL(pair) input = x[k];
    UNROLL for (size_t r = 0; r < rows; r++) KERNEL(dot)(&sum[r], &input, w[r]);
  }
  UNROLL for (size_t r = 0; r < rows; r++) out[o + r] = sum[r];
}

/// Computes out = biases + weights x, or adds to `out` where there are no biases.
///
/// - x: `[pairs]`. - weights: `[pairs][rows]`, two weights each.
static void KERNEL(layer)(i32v *out, const KERNEL(pair) * x, size_t pairs,
                          const int32_t *weights, const int32_t *biases, size_t rows) {
  size_t blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  for (size_t o = 0, n; blocks > 0; o += n, blocks--) {
    n = (rows - o + blocks - 1) / blocks;
    switch (n) {
#define CASE(n) \
  case n: KERNEL(layer_block)(out, x, pairs, weights, biases, rows, o, n); break;
      CASE(1) CASE(2) CASE(3)
#if BLOCK_ROWS > 3
      CASE(4) CASE(5) CASE(6)
#endif
#if BLOCK_ROWS > 6
      CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14) CASE(15) CASE(16)
#endif
#undef CASE
    }
  }
}

/// Rectifies the outputs of a layer, with 12 bits less, and joins them to inputs of the next.
INLINE void KERNEL(rectify)(KERNEL(pair) * x, const i32v *out, size_t pairs) {
  for (size_t k = 0; k < pairs; k++) {
    i32v even = clamp32((out[2 * k] + (1 << 11)) >> 12, 0, 32767);
    i32v odd = clamp32((out[2 * k + 1] + (1 << 11)) >> 12, 0, 32767);
    KERNEL(join)(&x[k], &even, &odd);
  }
}

/// Stores 16 numbers, saturated to int16.
INLINE void KERNEL(saturate)(int16_t *to, const i32v *x) {
  *at16(to) = __builtin_convertvector(clamp32(*x, -32768, 32767), i16v);
}
