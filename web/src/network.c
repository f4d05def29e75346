// The sine networks for WebAssembly: the kernels' own source, with fused multiply-adds that
// this instruction set does not have, or has only relaxed.
//
// With -mrelaxed-simd they are f32x4.relaxed_madd, of which the standard lets an engine choose
// whether it is fused: coin_web_is_fused tells. Otherwise they are emulated, to the same bits.

#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

typedef float vec16 __attribute__((ext_vector_type(16), aligned(4)));
typedef double doubles __attribute__((ext_vector_type(16)));
typedef int64_t integers __attribute__((ext_vector_type(16)));

#if defined(__wasm_relaxed_simd__)
typedef float vec4 __attribute__((ext_vector_type(4)));
typedef float raw4 __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) void fused4(vec4 *sum, const vec4 *a,
                                                         const vec4 *b) {
  *sum = (vec4)__builtin_wasm_relaxed_madd_f32x4((raw4)*a, (raw4)*b, (raw4)*sum);
}

static inline __attribute__((always_inline)) vec16 fused(vec16 a, vec16 b, vec16 c) {
  vec4 sums[4] = {c.lo.lo, c.lo.hi, c.hi.lo, c.hi.hi};
  vec4 left[4] = {a.lo.lo, a.lo.hi, a.hi.lo, a.hi.hi};
  vec4 right[4] = {b.lo.lo, b.lo.hi, b.hi.lo, b.hi.hi};
  for (int k = 0; k < 4; k++) fused4(&sums[k], &left[k], &right[k]);
  vec16 result;
  result.lo.lo = sums[0], result.lo.hi = sums[1], result.hi.lo = sums[2],
  result.hi.hi = sums[3];
  return result;
}
#else
/// a b + c rounded once. The product of two binary32 is exact in binary64; the sum is rounded
/// there to odd (Boldo and Melquiond 2008, "Emulation of FMA and correctly rounded sums"),
/// which the second rounding cannot spoil.
///
/// Not inlined: it is long, and the kernels have many of them.
static __attribute__((noinline)) void emulate(vec16 *sum_of, const vec16 *a, const vec16 *b) {
  doubles addend = __builtin_convertvector(*sum_of, doubles);
  doubles product = __builtin_convertvector(*a, doubles) * __builtin_convertvector(*b, doubles);
  doubles sum = product + addend, part = sum - product;
  doubles error = (product - (sum - part)) + (addend - part);
  integers bits = (integers)sum, towards = (((integers)error ^ bits) >> 63) | 1;
  // Comparisons are -1 where they hold.
  bits += towards & (error != 0) & ((bits & 1) - 1);
  *sum_of = __builtin_convertvector((doubles)bits, vec16);
}

static inline __attribute__((always_inline)) vec16 fused(vec16 a, vec16 b, vec16 c) {
  emulate(&c, &a, &b);
  return c;
}
#endif

/// The same of one number, for where tiles are blended.
float fmaf(float a, float b, float c) {
  double product = (double)a * b, sum = product + c, part = sum - product;
  union {
    double value;
    uint64_t bits;
  } s = {sum}, e = {(product - (sum - part)) + (c - part)};
  if (e.value != 0 && !(s.bits & 1)) s.bits += (s.bits ^ e.bits) >> 63 ? UINT64_MAX : 1;
  return (float)s.value;
}

// The kernels' names for it.
#define __builtin_elementwise_fma(a, b, c) fused((a), (b), (c))

#include "vectors.h"

#define SUFFIX wasm
#if defined(__wasm_relaxed_simd__)
#define BLOCK_ROWS 3
#else
#define BLOCK_ROWS 1  // sums do not stay in registers over a call
#endif
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 1
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"

coin_variant coin_variant_best(void) { return COIN_VARIANT_SCALAR; }

void coin_network_evaluate(coin_variant variant, const coin_network *network,
                           const float *transposed, const float *x, const float *y,
                           float *output, size_t output_stride, size_t pixels,
                           float *workspace) {
  (void)variant;
  KERNEL(evaluate)(network, transposed, x, y, output, output_stride, pixels, workspace);
}

/// Whether multiply-adds round once: (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, or 0 if they do not.
__attribute__((export_name("coin_is_fused"))) int coin_web_is_fused(float one) {
  vec16 a = (vec16)(one + 0x1p-12f), c = (vec16)(-(one + 0x1p-11f));
  vec16 result = fused(a, a, c);
  for (int k = 0; k < 16; k++)
    if (result[k] != 0x1p-24f) return 0;
  return 1;
}
