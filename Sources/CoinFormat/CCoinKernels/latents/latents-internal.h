#ifndef COIN_LATENTS_INTERNAL_H
#define COIN_LATENTS_INTERNAL_H

// What the sources of the latents share: the tables' layout, the coder, the variants' table.

#include "coin_latents.h"

/// Inputs of the entropy network in pairs, at most.
enum { COIN_LATENT_MAX_PAIRS = (COIN_LATENT_MAX_CONTEXTS + COIN_LATENT_FEATURES) / 2 };

typedef struct {
  uint32_t ratio, radius;
} coin_scale_constants;

extern const coin_scale_constants coin_latent_constants[COIN_LATENT_SCALES];

/// Symbols of a scale are counted from the low escape: symbol s is difference s - (R + 1).
///
/// The boundaries of a scale are 16 rows, one a fraction of the mean from -8, of 2R + 4 numbers:
/// 0, C(-R)...C(R + 1), and 0, which stands for 65536 and is so modulo 2^16.
typedef struct {
  uint32_t first, stride;  // where its rows start, and the length of one
  int32_t escape;          // R + 1: the difference at which the escapes start
} coin_scale_rows;

struct coin_latent_tables {
  coin_scale_rows rows[COIN_LATENT_SCALES];
  // (guess + fraction) >> 4 is a symbol near the slots with these upper 8 bits.
  int16_t guesses[COIN_LATENT_SCALES][256];
  uint16_t boundaries[];
};

static inline const uint16_t *coin_boundaries(const coin_latent_tables *tables, uint32_t scale,
                                              int32_t fraction) {
  const coin_scale_rows *rows = &tables->rows[scale];
  return tables->boundaries + rows->first + (uint32_t)(fraction + 8) * rows->stride;
}

/// The integer nearest to a mean in 1/16; the mean less it is the fraction.
static inline int32_t coin_nearest(int32_t mean) { return (mean + 8) >> 4; }

/// The smallest state of a coder, and where one starts that writes.
#define COIN_STATE_LOW (UINT32_C(1) << 23)

/// Takes the bytes that a state lacks.
static inline coin_latent_status coin_refill(coin_latent_reader *reader, uint32_t *state) {
  uint32_t x = *state;
  while (x < COIN_STATE_LOW) {
    if (reader->position == reader->count) return COIN_LATENT_TRUNCATED;
    x = x << 8 | reader->bytes[reader->position++];
  }
  *state = x;
  return COIN_LATENT_OK;
}

/// Takes a symbol from a state; the state is then to be refilled.
static inline uint32_t coin_take_symbol(const coin_latent_tables *tables, uint32_t scale,
                                        int32_t fraction, uint32_t *state) {
  const uint16_t *row = coin_boundaries(tables, scale, fraction);
  uint32_t x = *state, slot = x & 0xFFFF;
  int32_t s = (tables->guesses[scale][slot >> 8] + fraction) >> 4;
  while (row[s] > slot) s--;
  while ((uint16_t)(row[s + 1] - 1) < slot) s++;  // less 1, so that 65536 is none
  uint32_t start = row[s], frequency = (uint16_t)(row[s + 1] - start);
  *state = frequency * (x >> 16) + slot - start;
  return (uint32_t)s;
}

/// Reads what follows an escape: e of the specification.
coin_latent_status coin_read_escape(coin_latent_reader *reader, uint32_t *state, int32_t *e);

/// Reads a value; checks every byte.
coin_latent_status coin_read_value(coin_latent_reader *reader, const coin_latent_tables *tables,
                                   int32_t mean, uint32_t scale, uint32_t *state,
                                   int32_t *value);

/// Writes a value.
coin_latent_status coin_write_value(coin_latent_writer *writer,
                                    const coin_latent_tables *tables, int32_t mean,
                                    uint32_t scale, uint32_t *state, int32_t value);

/// Rows of a grid that are decoded together, one a lane, and how far each is behind the last.
enum { COIN_STRIP = 16, COIN_SKEW = 3 };

/// The functions of one variant; the public ones of the same names, less `variant`.
typedef struct {
  coin_latent_status (*decode)(const coin_latent_network *, const coin_latent_tables *,
                               const coin_latent_contexts *, coin_latent_reader *, void *);
  void (*predict)(const coin_latent_network *, const coin_latent_contexts *, int16_t *,
                  uint8_t *, void *);
  void (*plane_add)(const coin_latent_plane *, const coin_latent_grid *, int32_t, int32_t,
                    int32_t);
  void (*upsample)(const coin_latent_plane *, const coin_latent_plane *, const int32_t *,
                   int16_t *);
  void (*synthesize)(const coin_latent_synthesis *, const coin_latent_plane *,
                     const coin_latent_block *, void *, size_t, void *);
} coin_latent_kernels;

extern const coin_latent_kernels coin_latent_kernels_portable;
#if defined(__x86_64__)
extern const coin_latent_kernels coin_latent_kernels_avx2, coin_latent_kernels_avx512;
#endif

#endif
