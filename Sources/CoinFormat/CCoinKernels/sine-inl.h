// The sine of 16 lanes. Compiled once per instruction set, by dense-inl.h.

/// Replaces t by about sin(2 pi t) and, if `derivative` is not NULL, gives the derivative of
/// that.
INLINE void KERNEL(sine)(vec *t, vec *derivative) {
  vec r = *t - __builtin_elementwise_roundeven(*t);
  vec distance = __builtin_elementwise_abs(r);
  vec s = r * ((vec)0.5f - distance);
  vec z = __builtin_elementwise_abs(s);
  vec p = __builtin_elementwise_fma((vec)COIN_C3, z, (vec)COIN_C2);
  p = __builtin_elementwise_fma(p, z, (vec)COIN_C1);
  p = __builtin_elementwise_fma(p, z, (vec)COIN_C0);
  *t = s * p;
  if (!derivative) return;
  vec q = __builtin_elementwise_fma((vec)(4 * COIN_C3), z, (vec)(3 * COIN_C2));
  q = __builtin_elementwise_fma(q, z, (vec)(2 * COIN_C1));
  q = __builtin_elementwise_fma(q, z, (vec)COIN_C0);
  *derivative = q * __builtin_elementwise_fma((vec)-2.0f, distance, (vec)0.5f);
}
