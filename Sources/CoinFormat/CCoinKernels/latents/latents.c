// The variants of the latents' kernels: one source, compiled once for each instruction set.
//
// The vectors are logical: 16 lanes, which the compiler splits into the registers there are.
// Sums of integers are the same in any order, so every variant gives the same bits.

#include "latents-internal.h"

typedef int16_t i16v __attribute__((ext_vector_type(16), aligned(2)));
typedef uint16_t u16v __attribute__((ext_vector_type(16), aligned(2)));
typedef int32_t i32v __attribute__((ext_vector_type(16)));
typedef uint32_t u32v __attribute__((ext_vector_type(16)));
typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
typedef int32_t i32x4 __attribute__((ext_vector_type(4)));
// What the compiler's built-in functions take.
typedef short raw128 __attribute__((vector_size(16)));
typedef short raw256 __attribute__((vector_size(32)));
typedef int raw512 __attribute__((vector_size(64)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define KERNEL(name) PASTE(name, SUFFIX)

// Vectors are passed by address: by value, the convention would depend on the target.
INLINE i16v *at16(int16_t *p) { return (i16v *)p; }
INLINE const i16v *from16(const int16_t *p) { return (const i16v *)p; }

#define clamp32(x, low, high) \
  __builtin_elementwise_min(__builtin_elementwise_max((x), (i32v)(low)), (i32v)(high))

INLINE int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

/// An address in a workspace, aligned to a cache line. A workspace has 64 bytes to spare.
INLINE void *aligned(void *workspace) {
  return (char *)workspace + (-(uintptr_t)workspace & 63);
}

#include "strip.h"

// The portable variant: on AArch64 it is that of NEON, in WebAssembly that of SIMD128, of which
// engines have 16 registers.
#define SUFFIX portable
#if defined(__wasm_simd128__)
#define DOT_WASM
#define BLOCK_ROWS 2
#else
#define DOT_WIDENED
#define BLOCK_ROWS 6
#endif
#include "layer-inl.h"
#include "grid-inl.h"
#include "upsample-inl.h"
#include "synthesis-inl.h"
#undef SUFFIX
#undef DOT_WASM
#undef DOT_WIDENED
#undef BLOCK_ROWS

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define SUFFIX avx2
#define DOT_AVX2
#define BLOCK_ROWS 6
#include "layer-inl.h"
#include "grid-inl.h"
#include "upsample-inl.h"
#include "synthesis-inl.h"
#undef SUFFIX
#undef DOT_AVX2
#undef BLOCK_ROWS
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni"))), \
    apply_to = function)
#define SUFFIX avx512
#define DOT_VNNI
#define BLOCK_ROWS 16
#include "layer-inl.h"
#include "grid-inl.h"
#include "upsample-inl.h"
#include "synthesis-inl.h"
#pragma clang attribute pop
#endif
