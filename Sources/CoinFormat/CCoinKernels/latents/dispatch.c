// Which variant computes, and the public functions that take one.

#include "latents-internal.h"
#include "strip.h"

/// The kernels of a variant. AVX-512 needs the instructions for bytes and VNNI here; without
/// them it is AVX2, which every such CPU has. Nobody sees the difference but by a clock.
static const coin_latent_kernels *kernels(coin_variant variant) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (variant == COIN_VARIANT_AVX512 && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vnni"))
    return &coin_latent_kernels_avx512;
  if (variant == COIN_VARIANT_AVX512 || variant == COIN_VARIANT_AVX2)
    return &coin_latent_kernels_avx2;
#endif
  (void)variant;
  return &coin_latent_kernels_portable;
}

size_t coin_latent_workspace(uint32_t width) {
  return 3 * skewed_size(width) * sizeof(int16_t) + 64;
}

coin_latent_status coin_latent_decode(coin_variant variant, const coin_latent_network *network,
                                      const coin_latent_tables *tables,
                                      const coin_latent_contexts *contexts,
                                      coin_latent_reader *reader, void *workspace) {
  return kernels(variant)->decode(network, tables, contexts, reader, workspace);
}

void coin_latent_predict(coin_variant variant, const coin_latent_network *network,
                         const coin_latent_contexts *contexts, int16_t *mean, uint8_t *scale,
                         void *workspace) {
  kernels(variant)->predict(network, contexts, mean, scale, workspace);
}

void coin_latent_plane_clear(const coin_latent_plane *plane) {
  for (int32_t y = 0; y < plane->height; y++)
    for (int32_t x = 0; x < plane->width; x++) plane->samples[y * plane->stride + x] = 0;
}

void coin_latent_plane_scale(const coin_latent_plane *plane, int32_t factor) {
  for (int32_t y = 0; y < plane->height; y++)
    for (int32_t x = 0; x < plane->width; x++) {
      int16_t *sample = &plane->samples[y * plane->stride + x];
      int32_t value = (*sample * factor + (1 << 11)) >> 12;
      *sample = (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
    }
}

int32_t coin_latent_octave_factor(const int32_t *taps, uint32_t octave) {
  int32_t factor = 4096;
  for (uint32_t stage = 0; stage < octave; stage++, taps += 4) {
    int32_t sum = taps[0] + taps[1] + taps[2] + taps[3];
    sum = sum < 0 ? 0 : sum > INT16_MAX ? INT16_MAX : sum;
    for (int axis = 0; axis < 2; axis++) {
      factor = (factor * sum + (1 << 11)) >> 12;
      if (factor > UINT16_MAX) factor = UINT16_MAX;
    }
  }
  return factor;
}

void coin_latent_plane_add(coin_variant variant, const coin_latent_plane *plane,
                           const coin_latent_grid *grid, int32_t left, int32_t top,
                           int32_t factor) {
  kernels(variant)->plane_add(plane, grid, left, top, factor);
}

void coin_latent_upsample(coin_variant variant, const coin_latent_plane *from,
                          const coin_latent_plane *to, const int32_t taps[4], int16_t *row) {
  kernels(variant)->upsample(from, to, taps, row);
}

size_t coin_latent_synthesize_workspace(uint32_t width) {
  return 3 * 4 * ((size_t)width + 64) * sizeof(int16_t) + 64;
}

void coin_latent_synthesize(coin_variant variant, const coin_latent_synthesis *synthesis,
                            const coin_latent_plane *planes, const coin_latent_block *block,
                            void *output, size_t row_bytes, void *workspace) {
  kernels(variant)->synthesize(synthesis, planes, block, output, row_bytes, workspace);
}
