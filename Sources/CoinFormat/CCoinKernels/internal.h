#ifndef COIN_INTERNAL_H
#define COIN_INTERNAL_H

// What the variants share: the sine's coefficients, the tiles, the layout of a workspace.

#include "coin_kernels.h"

// sin(2 pi r) is about s (C0 + C1 |s| + C2 |s|^2 + C3 |s|^3), s = r (1/2 - |r|): minimax,
// within 2.1e-7 as evaluated. Derived in docs/notes/sine-polynomial.md.
#define COIN_C0 0x1.921f7ep+3f
#define COIN_C1 0x1.92281ap+5f
#define COIN_C2 0x1.1cc5fep+6f
#define COIN_C3 0x1.c128ap+5f

/// Pixels of a pass through the layers; a multiple of 32, a function of the network alone.
size_t coin_evaluate_tile(const coin_network *network);
size_t coin_gradient_tile(const coin_network *network);

/// Widest layer of the network, its inputs and outputs included.
size_t coin_network_width(const coin_network *network);

static inline size_t coin_min(size_t a, size_t b) { return a < b ? a : b; }

/// Number of parameters of layer `l`, counted from 0.
static inline size_t coin_layer_parameters(const coin_network *network, size_t l) {
  return (size_t)network->sizes[l + 1] * (network->sizes[l] + 1);
}

/// First address in the workspace that is aligned to a cache line: the widest vectors must not
/// straddle two. A workspace has COIN_LANES floats to spare for this.
static inline float *coin_align(float *workspace) {
  return workspace + (-(uintptr_t)workspace & 63) / sizeof(float);
}

/// Smallest multiple of the power of two `unit` that is not below `n`.
static inline size_t coin_round_up(size_t n, size_t unit) {
  return (n + unit - 1) & ~(unit - 1);
}

/// Copies `pixels` numbers and pads them with zeros up to `padded`.
static inline void coin_copy_padded(float *to, const float *from, size_t pixels,
                                    size_t padded) {
  for (size_t p = 0; p < pixels; p++) to[p] = from[p];
  for (size_t p = pixels; p < padded; p++) to[p] = 0;
}

/// Where a tile's numbers lie in the gradient's workspace, `[size][tile]` each.
typedef struct {
  float *value[COIN_MAX_HIDDEN_LAYERS + 1];  // inputs, then the values of each sine layer
  float *delta[COIN_MAX_HIDDEN_LAYERS + 2];  // derivatives, then the error's gradient at t
} coin_tile_layout;

coin_tile_layout coin_gradient_layout(const coin_network *network, float *workspace);

/// The functions of one variant; the public ones of the same names, less `variant`.
typedef struct {
  void (*evaluate)(const coin_network *, const float *, const float *, const float *, float *,
                   size_t, size_t, float *);
  double (*gradient)(const coin_network *, const float *, const float *, const float *,
                     const float *, const float *, size_t, const float *, size_t, float *,
                     float *);
  void (*multiply)(float *, const float *, const float *, size_t, size_t, size_t, size_t,
                   size_t, size_t, int);
  void (*transpose)(float *, const float *, size_t, size_t, size_t, size_t);
} coin_kernels;

/// The same for the optimiser.
typedef struct {
  void (*average)(float *, const float *, float, size_t);
  void (*add_scaled)(float *, const float *, float, size_t);
  void (*adam_step)(const coin_adam *, float *, float *, float *, const float *, size_t);
  void (*orthonormalize)(float *, size_t, size_t);
} coin_optimizer_kernels;

extern const coin_kernels coin_kernels_scalar;
extern const coin_optimizer_kernels coin_optimizer_kernels_scalar;
#if defined(__x86_64__)
extern const coin_kernels coin_kernels_avx2, coin_kernels_avx512;
extern const coin_optimizer_kernels coin_optimizer_kernels_avx2, coin_optimizer_kernels_avx512;
#elif defined(__aarch64__)
extern const coin_kernels coin_kernels_neon;
extern const coin_optimizer_kernels coin_optimizer_kernels_neon;
#endif

#endif
