// Elementary functions of 16 lanes: polynomials, the same on every machine. Compiled once per
// instruction set by fit.c.

typedef int ivec __attribute__((ext_vector_type(16)));
typedef unsigned uvec __attribute__((ext_vector_type(16)));


/// e^x for -87 <= x <= 87 (clamped), within 2e-7.
INLINE void KERNEL(exponential)(vec *x) {
  vec t = __builtin_elementwise_min(__builtin_elementwise_max(*x, (vec)-87.0f), (vec)87.0f);
  vec n = __builtin_elementwise_roundeven(t * (vec)1.44269504f);
  vec r = __builtin_elementwise_fma(n, (vec)-0.693359375f, t);
  r = __builtin_elementwise_fma(n, (vec)2.12194440e-4f, r);
  vec p = __builtin_elementwise_fma((vec)1.9875691500e-4f, r, (vec)1.3981999507e-3f);
  p = __builtin_elementwise_fma(p, r, (vec)8.3334519073e-3f);
  p = __builtin_elementwise_fma(p, r, (vec)4.1665795894e-2f);
  p = __builtin_elementwise_fma(p, r, (vec)1.6666665459e-1f);
  p = __builtin_elementwise_fma(p, r, (vec)5.0000001201e-1f);
  p = __builtin_elementwise_fma(p * r, r, r) + (vec)1.0f;
  ivec exponent = (__builtin_convertvector(n, ivec) + 127) << 23;
  union { ivec i; vec f; } scale = {.i = exponent};
  *x = p * scale.f;
}

/// log2 x for normal x > 0, within 3e-7 of the larger of 1 and the result.
INLINE void KERNEL(logarithm2)(vec *x) {
  union { vec f; ivec i; } u = {.f = *x};
  ivec e = (u.i - 0x3F3504F3) >> 23;  // so that the mantissa is in sqrt(1/2) ... sqrt(2)
  u.i -= e << 23;
  vec m = u.f - (vec)1.0f;
  vec s = m / (m + (vec)2.0f), z = s * s;  // log(1 + m) = 2 atanh(s)
  vec p = __builtin_elementwise_fma((vec)0.41219858f, z, (vec)0.57707802f);
  p = __builtin_elementwise_fma(p, z, (vec)0.96179669f);
  p = __builtin_elementwise_fma(p, z, (vec)2.88539008f);
  *x = __builtin_elementwise_fma(s, p, __builtin_convertvector(e, vec));
}
