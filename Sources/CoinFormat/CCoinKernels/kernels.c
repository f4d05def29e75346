// The vector variants: one source, compiled once for each instruction set.
//
// The vectors are logical: 16 lanes, which the compiler splits into the registers there are.
// So lanes, and the order of every sum, are the same everywhere; only the register blocking
// differs.

#include "internal.h"

#pragma STDC FP_CONTRACT OFF

typedef float vec __attribute__((ext_vector_type(16), aligned(4)));
typedef double double_vec __attribute__((ext_vector_type(16)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define KERNEL(name) PASTE(name, SUFFIX)

// Vectors are passed by address: by value, the convention would depend on the target.
INLINE vec *at(float *p) { return (vec *)p; }
INLINE const vec *from(const float *p) { return (const vec *)p; }

/// An affine layer and what follows it. Weights are `[inputs][weight_stride]`.
typedef struct {
  const float *weights, *biases, *input;  // no biases: zeros
  float *output, *derivative;
  size_t weight_stride, input_stride, output_stride;  // of the derivative, too
  size_t outputs, inputs, pixels;
} dense;

enum epilogue {
  LINEAR,               // output = t
  SINE,                 // output = sine(t)
  SINE_AND_DERIVATIVE,  // and derivative = sine'(t)
  TIMES_DERIVATIVE,     // output = t * derivative
};

// BLOCK_ROWS x BLOCK_VECTORS sums of a dense layer are in registers at a time, and
// GRADIENT_ROWS x GRADIENT_ROWS of a weight gradient: as many as there are registers for.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX avx2
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"
#include "optimizer-inl.h"
#undef SUFFIX
#undef BLOCK_ROWS
#undef BLOCK_VECTORS
#undef GRADIENT_ROWS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq"))), \
                             apply_to = function)
#define SUFFIX avx512
#define BLOCK_ROWS 14
#define BLOCK_VECTORS 2
#define GRADIENT_ROWS 4
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"
#include "optimizer-inl.h"
#pragma clang attribute pop

#elif defined(__aarch64__)
#define SUFFIX neon
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"
#include "optimizer-inl.h"
#endif
