// Which variants there are, which this CPU can run, and the public functions that take one.

#include "internal.h"

int coin_variant_is_supported(coin_variant variant) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (variant == COIN_VARIANT_AVX2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (variant == COIN_VARIANT_AVX512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
#elif defined(__aarch64__)
  if (variant == COIN_VARIANT_NEON) return 1;
#endif
  return variant == COIN_VARIANT_SCALAR;
}

coin_variant coin_variant_best(void) {
  int variant = COIN_VARIANT_COUNT - 1;
  while (!coin_variant_is_supported((coin_variant)variant)) variant--;
  return (coin_variant)variant;
}

static const coin_kernels *kernels(coin_variant variant) {
  static const coin_kernels *const table[COIN_VARIANT_COUNT] = {
      [COIN_VARIANT_SCALAR] = &coin_kernels_scalar,
#if defined(__x86_64__)
      [COIN_VARIANT_AVX2] = &coin_kernels_avx2,
      [COIN_VARIANT_AVX512] = &coin_kernels_avx512,
#elif defined(__aarch64__)
      [COIN_VARIANT_NEON] = &coin_kernels_neon,
#endif
  };
  return table[variant];
}

void coin_network_evaluate(coin_variant variant, const coin_network *network,
                           const float *transposed, const float *x, const float *y,
                           float *output, size_t output_stride, size_t pixels,
                           float *workspace) {
  kernels(variant)->evaluate(network, transposed, x, y, output, output_stride, pixels,
                             workspace);
}

double coin_network_gradient(coin_variant variant, const coin_network *network,
                             const float *parameters, const float *transposed, const float *x,
                             const float *y, const float *target, size_t target_stride,
                             const float *weight, size_t pixels, float *gradient,
                             float *workspace) {
  return kernels(variant)->gradient(network, parameters, transposed, x, y, target,
                                    target_stride, weight, pixels, gradient, workspace);
}

void coin_matrix_multiply(coin_variant variant, float *c, const float *a, const float *b,
                          size_t rows, size_t inner, size_t columns, size_t stride_a,
                          size_t stride_b, size_t stride_c, int transpose_a) {
  kernels(variant)->multiply(c, a, b, rows, inner, columns, stride_a, stride_b, stride_c,
                             transpose_a);
}

void coin_matrix_transpose(coin_variant variant, float *b, const float *a, size_t rows,
                           size_t columns, size_t stride_a, size_t stride_b) {
  kernels(variant)->transpose(b, a, rows, columns, stride_a, stride_b);
}

static const coin_optimizer_kernels *optimizer_kernels(coin_variant variant) {
  static const coin_optimizer_kernels *const table[COIN_VARIANT_COUNT] = {
      [COIN_VARIANT_SCALAR] = &coin_optimizer_kernels_scalar,
#if defined(__x86_64__)
      [COIN_VARIANT_AVX2] = &coin_optimizer_kernels_avx2,
      [COIN_VARIANT_AVX512] = &coin_optimizer_kernels_avx512,
#elif defined(__aarch64__)
      [COIN_VARIANT_NEON] = &coin_optimizer_kernels_neon,
#endif
  };
  return table[variant];
}

void coin_average(coin_variant variant, float *mean, const float *value, float decay,
                  size_t count) {
  optimizer_kernels(variant)->average(mean, value, decay, count);
}

void coin_add_scaled(coin_variant variant, float *sum, const float *value, float factor,
                     size_t count) {
  optimizer_kernels(variant)->add_scaled(sum, value, factor, count);
}

void coin_adam_step(coin_variant variant, const coin_adam *adam, float *direction, float *mean,
                    float *variance, const float *gradient, size_t count) {
  optimizer_kernels(variant)->adam_step(adam, direction, mean, variance, gradient, count);
}

void coin_matrix_orthonormalize(coin_variant variant, float *rows, size_t count,
                                size_t stride) {
  optimizer_kernels(variant)->orthonormalize(rows, count, stride);
}
