#ifndef COIN_VECTORS_H
#define COIN_VECTORS_H

// The logical vectors of the variants, and the affine layer that they share.

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
  RECTIFIED,            // output = max(t, 0)
  WHERE_POSITIVE,       // output = derivative > 0 ? t : 0
};

#endif
