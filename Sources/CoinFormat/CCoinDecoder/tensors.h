#ifndef COIN_DECODER_TENSORS_H
#define COIN_DECODER_TENSORS_H

// The tensors of the networks of latents, in the order of the stream (latents §7.2).

#include "internal.h"

enum {
  W1,
  B1,
  W2,
  B2,
  W3,
  B3,
  TAPS_Y,
  TAPS_C,
  TAPS_A,
  A1,
  A1_BIAS,
  A2,
  A2_BIAS,
  B,
  B_BIAS,
  TENSORS
};

typedef struct {
  uint32_t rows, columns;
} shape;

/// The shape of a tensor; no rows where the picture has none.
shape shape_of(const latents *l, int tensor);

/// A set of defaults (latents §7.3): contexts, H, K and N, and the values of all tensors, with
/// 12 fractional bits.
typedef struct {
  uint32_t contexts, hidden, width, levels;
  const int16_t *values;
} default_set;

extern const default_set default_sets[];
extern const uint32_t default_sets_count;

#endif
