// Planes, the layout of the networks, and the public functions that take a variant.

#include "fit-internal.h"

size_t coin_plane_stride(size_t width) { return coin_round_up(width, 32) + 4 * COIN_FIT_MARGIN; }

size_t coin_plane_size(size_t width, size_t height) {
  return coin_plane_stride(width) * (height + 2 * COIN_FIT_MARGIN_ROWS) + 2 * COIN_LANES;
}

void coin_plane_replicate(const coin_plane *plane) {
  ptrdiff_t width = (ptrdiff_t)plane->width, height = (ptrdiff_t)plane->height;
  ptrdiff_t stride = (ptrdiff_t)plane->stride;
  for (ptrdiff_t y = 0; y < height; y++) {
    float *row = plane->origin + y * stride;
    row[-1] = row[-2] = row[0];
    row[width] = row[width + 1] = row[width - 1];
  }
  for (ptrdiff_t x = -2; x < width + 2; x++) {
    float *top = plane->origin + x, *bottom = plane->origin + (height - 1) * stride + x;
    top[-stride] = top[-2 * stride] = *top;
    bottom[stride] = bottom[2 * stride] = *bottom;
  }
}

void coin_fit_layout(coin_fit_shape *s) {
  uint32_t at = 0;
  s->w1 = at, at += s->hidden * s->contexts;
  s->b1 = at, at += s->hidden;
  s->w2 = at, at += s->hidden * s->hidden;
  s->b2 = at, at += s->hidden;
  s->w3 = at, at += 2 * (s->hidden + s->contexts);
  s->b3 = at, at += 2;
  s->taps = at, at += 4 * s->stages * s->groups;
  s->a1 = at, at += s->synthesis * s->planes;
  s->c1 = at, at += s->synthesis;
  s->a2 = at, at += s->channels * (s->synthesis + s->planes);
  s->c2 = at, at += s->channels;
  s->k = at, at += s->channels * s->channels * 9;
  s->c3 = at, at += s->channels;
  s->count = at;
}

static void transpose(const float *from, float *to, uint32_t rows, uint32_t columns) {
  for (uint32_t r = 0; r < rows; r++)
    for (uint32_t c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
}

void coin_fit_transpose(const coin_fit_shape *s, const float *p, float *t) {
  for (uint32_t n = 0; n < s->count; n++) t[n] = p[n];
  transpose(p + s->w1, t + s->w1, s->hidden, s->contexts);
  transpose(p + s->w2, t + s->w2, s->hidden, s->hidden);
  transpose(p + s->w3, t + s->w3, 2, s->hidden + s->contexts);
  transpose(p + s->a1, t + s->a1, s->synthesis, s->planes);
  transpose(p + s->a2, t + s->a2, s->channels, s->synthesis + s->planes);
}

size_t coin_fit_workspace(const coin_fit_shape *s, size_t width) {
  size_t rate = 4 * s->hidden + 2 * s->contexts + 8;
  size_t synthesis = 2 * s->synthesis + 3 * s->planes + 2 * s->channels + 8;
  size_t rows = rate > synthesis ? rate : synthesis;
  size_t joined = (s->hidden + 2) * s->contexts + (s->synthesis + s->channels) * s->planes;
  size_t sums = (s->count + 16) * COIN_LANES;
  return rows * COIN_FIT_ROW + joined + sums + 8 * coin_plane_stride(width) + 32 * COIN_LANES;
}

static const coin_fit_kernels *kernels(coin_variant variant) {
  static const coin_fit_kernels *const table[COIN_VARIANT_COUNT] = {
      [COIN_VARIANT_SCALAR] = &coin_fit_kernels_scalar,
#if defined(__x86_64__)
      [COIN_VARIANT_AVX2] = &coin_fit_kernels_avx2,
      [COIN_VARIANT_AVX512] = &coin_fit_kernels_avx512,
#elif defined(__aarch64__)
      [COIN_VARIANT_NEON] = &coin_fit_kernels_neon,
#endif
  };
  return table[variant];
}

void coin_fit_soften(coin_variant variant, const coin_plane *y, coin_plane *v, coin_plane *slope,
                     uint32_t first, uint32_t last, float temperature, float sigma,
                     uint32_t seed) {
  kernels(variant)->soften(y, v, slope, first, last, temperature, sigma, seed);
}

double coin_fit_rate(coin_variant variant, const coin_fit_shape *shape, const float *parameters,
                     const float *transposed, const coin_plane *values, const coin_plane *own,
                     const coin_plane *map, const coin_context *contexts, uint32_t first,
                     uint32_t last, coin_fit_sample sample, float *gradient, float *workspace) {
  return kernels(variant)->rate(shape, parameters, transposed, values, own, map, contexts, first,
                                last, sample, gradient, workspace);
}

void coin_fit_upsample(coin_variant variant, const coin_plane *in, const coin_plane *out,
                       const float *taps, float *workspace) {
  kernels(variant)->upsample(in, out, taps, workspace);
}

void coin_fit_upsample_gradient(coin_variant variant, const coin_plane *in,
                                const coin_plane *in_gradient, const coin_plane *out_gradient,
                                const float *taps, float *taps_gradient, float *workspace) {
  kernels(variant)->upsample_gradient(in, in_gradient, out_gradient, taps, taps_gradient,
                                      workspace);
}

void coin_fit_copy(coin_variant variant, const coin_plane *in, const coin_plane *out, float factor,
                   int add) {
  kernels(variant)->copy(in, out, factor, add);
  coin_plane_replicate(out);
}

void coin_fit_add(coin_variant variant, const coin_plane *in, const coin_plane *out, float factor) {
  kernels(variant)->copy(in, out, factor, 1);
}

void coin_fit_filter(coin_variant variant, const coin_plane *in, uint32_t radius,
                     const float *taps, const coin_plane *out) {
  kernels(variant)->filter(in, radius, taps, out);
}

void coin_fit_correlate(coin_variant variant, const coin_plane *in, uint32_t radius,
                        const coin_plane *delta, double *gradient) {
  kernels(variant)->correlate(in, radius, delta, gradient);
}

void coin_fit_synthesize(coin_variant variant, const coin_fit_shape *shape,
                         const float *parameters, const float *transposed,
                         const coin_fit_input *inputs, const coin_plane *residual, uint32_t first,
                         uint32_t last, float *workspace) {
  kernels(variant)->synthesize(shape, parameters, transposed, inputs, residual, first, last,
                               workspace);
}

double coin_fit_compare(coin_variant variant, const coin_fit_shape *shape, const float *parameters,
                        const coin_plane *residual, const coin_plane *target,
                        const coin_plane *weight, int weigh_last, const float *low,
                        const float *high, float scale, const coin_plane *error, int differences,
                        uint32_t first, uint32_t last, coin_fit_sample sample, float *gradient) {
  return kernels(variant)->compare(shape, parameters, residual, target, weight, weigh_last, low,
                                   high, scale, error, differences, first, last, sample, gradient);
}

double coin_fit_split_luma(coin_variant variant, const coin_similarity *similarity,
                           const coin_plane *error, uint32_t channels, const coin_plane *luma,
                           uint32_t first, uint32_t last) {
  return kernels(variant)->split_luma(similarity, error, channels, luma, first, last);
}

size_t coin_fit_similarity_workspace(void) {
  const size_t columns = COIN_FIT_CHUNK + 2 * COIN_LANES, rows = COIN_FIT_SIMILARITY_BAND;
  return 8 * columns + 3 * (rows + COIN_FIT_WINDOW - 1) * COIN_FIT_CHUNK + COIN_LANES;
}

double coin_fit_similarity_loss(coin_variant variant, const coin_similarity *similarity,
                                const coin_plane *error, const coin_plane *target,
                                int with_luminance, float factor, const coin_plane *gradient,
                                uint32_t first, uint32_t last, float *workspace) {
  return kernels(variant)->similarity_loss(similarity, error, target, with_luminance, factor,
                                           gradient, first, last, workspace);
}

void coin_fit_join_luma(coin_variant variant, const coin_fit_shape *shape,
                        const coin_similarity *similarity, const coin_plane *residual,
                        const coin_plane *error, const coin_plane *target, const float *low,
                        const float *high, const coin_plane *luma, const coin_plane *luma_gradient,
                        const coin_plane *coarser, const coin_plane *weight, float scale,
                        uint32_t first, uint32_t last, coin_fit_sample sample, float *gradient) {
  kernels(variant)->join_luma(shape, similarity, residual, error, target, low, high, luma,
                              luma_gradient, coarser, weight, scale, first, last, sample, gradient);
}

void coin_fit_synthesis_gradient(coin_variant variant, const coin_fit_shape *shape,
                                 const float *parameters, const float *transposed,
                                 const coin_fit_input *inputs, const coin_plane *error,
                                 uint32_t first, uint32_t last, coin_fit_sample sample,
                                 float *gradient, float *workspace) {
  kernels(variant)->synthesis_gradient(shape, parameters, transposed, inputs, error, first, last,
                                       sample, gradient, workspace);
}

void coin_fit_step(coin_variant variant, const coin_latents_adam *adam, const coin_plane *y,
                   const coin_plane *slope, const coin_plane *mean, const coin_plane *variance,
                   const coin_plane *const *gradients, uint32_t gradient_count,
                   const coin_fit_pins *pins, uint32_t first, uint32_t last) {
  kernels(variant)->step(adam, y, slope, mean, variance, gradients, gradient_count, pins, first,
                         last);
}
