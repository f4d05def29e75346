#ifndef COIN_FIT_INTERNAL_H
#define COIN_FIT_INTERNAL_H

// What the variants of the fitting kernels share.

#include "../vectors.h"
#include "coin_fit.h"

/// Numbers from one row of a chunk to the next: the chunk, and vectors of zeros around it.
enum { COIN_FIT_ROW = COIN_FIT_CHUNK + 3 * COIN_LANES };

/// Whether the gradient of parameters is taken of a row.
static inline int coin_is_sampled(coin_fit_sample sample, uint32_t y) {
  return y % sample.period == sample.phase;
}

/// The functions of one variant; the public ones of the same names, less `variant`.
typedef struct {
  void (*soften)(const coin_plane *, coin_plane *, coin_plane *, uint32_t, uint32_t, float, float,
                 uint32_t);
  double (*rate)(const coin_fit_shape *, const float *, const float *, const coin_plane *,
                 const coin_plane *, const coin_plane *, const coin_context *, uint32_t, uint32_t,
                 coin_fit_sample, float *, float *);
  void (*upsample)(const coin_plane *, const coin_plane *, const float *, float *);
  void (*upsample_gradient)(const coin_plane *, const coin_plane *, const coin_plane *,
                            const float *, float *, float *);
  void (*copy)(const coin_plane *, const coin_plane *, float, int);
  void (*filter)(const coin_plane *, uint32_t, const float *, const coin_plane *);
  void (*correlate)(const coin_plane *, uint32_t, const coin_plane *, double *);
  void (*synthesize)(const coin_fit_shape *, const float *, const float *, const coin_fit_input *,
                     const coin_plane *, uint32_t, uint32_t, float *);
  double (*compare)(const coin_fit_shape *, const float *, const coin_plane *, const coin_plane *,
                    const coin_plane *, int, const float *, const float *, float,
                    const coin_plane *, int, uint32_t, uint32_t, coin_fit_sample, float *);
  void (*synthesis_gradient)(const coin_fit_shape *, const float *, const float *,
                             const coin_fit_input *, const coin_plane *, uint32_t, uint32_t,
                             coin_fit_sample, float *, float *);
  void (*step)(const coin_latents_adam *, const coin_plane *, const coin_plane *,
               const coin_plane *, const coin_plane *, const coin_plane *const *, uint32_t,
               const coin_fit_pins *, uint32_t, uint32_t);
  double (*split_luma)(const coin_similarity *, const coin_plane *, uint32_t, const coin_plane *,
                       uint32_t, uint32_t);
  double (*similarity_loss)(const coin_similarity *, const coin_plane *, const coin_plane *, int,
                            float, const coin_plane *, uint32_t, uint32_t, float *);
  void (*join_luma)(const coin_fit_shape *, const coin_similarity *, const coin_plane *,
                    const coin_plane *, const coin_plane *, const float *, const float *,
                    const coin_plane *, const coin_plane *, const coin_plane *, const coin_plane *,
                    float, uint32_t, uint32_t, coin_fit_sample, float *);
} coin_fit_kernels;

extern const coin_fit_kernels coin_fit_kernels_scalar;
#if defined(__x86_64__)
extern const coin_fit_kernels coin_fit_kernels_avx2, coin_fit_kernels_avx512;
#elif defined(__aarch64__)
extern const coin_fit_kernels coin_fit_kernels_neon;
#endif

#endif
