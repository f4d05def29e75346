// The ranges of the symbols (§5), from the constants of the scales.

#include "latents-internal.h"

uint32_t coin_latent_scale_constants(uint32_t scale, uint32_t *radius) {
  *radius = coin_latent_constants[scale].radius;
  return coin_latent_constants[scale].ratio;
}

size_t coin_latent_tables_size(void) {
  size_t boundaries = 0;
  for (int i = 0; i < COIN_LATENT_SCALES; i++)
    boundaries += 16 * (2 * coin_latent_constants[i].radius + 4);
  return sizeof(coin_latent_tables) + boundaries * sizeof(uint16_t);
}

/// The boundary at `place` sixteenths from the first escape's end for a fraction of -8: a place
/// is a boundary of one fraction only.
static uint16_t *boundary_at(uint16_t *first, const coin_scale_rows *rows, int32_t place) {
  int32_t fraction = ((8 - place) & 15) - 8, s = (place + fraction) >> 4;
  return first + (uint32_t)(fraction + 8) * rows->stride + s;
}

/// Fills the guesses: for each 256 slots the place that has their middle.
static void fill_guesses(int16_t guesses[256], uint16_t *first, const coin_scale_rows *rows) {
  int32_t place = 8, last = 32 * rows->escape + 8;
  for (int32_t b = 0; b < 256; b++) {
    while (place < last && *boundary_at(first, rows, place + 1) <= b * 256 + 128) place++;
    guesses[b] = (int16_t)place;
  }
}

/// Fills the rows of a scale. At the place of t, where F is f, symbol s starts at f + s.
static void fill_scale(uint16_t *first, const coin_scale_rows *rows, uint32_t ratio) {
  for (uint32_t f = 0; f < 16; f++)
    first[f * rows->stride] = first[(f + 1) * rows->stride - 1] = 0;
  int32_t middle = 16 * rows->escape + 8;  // the place of t = 0
  uint32_t total = 65536 - (uint32_t)(2 * rows->escape + 1);
  uint64_t w = UINT64_C(1) << 30;
  for (int32_t t = 0; t <= 16 * rows->escape; t++) {
    uint32_t e = (uint32_t)(w * total >> 31);
    int32_t above = middle + t, below = middle - t;
    *boundary_at(first, rows, above) = (uint16_t)(total - e + (uint32_t)((above + 7) >> 4));
    if (t > 0 && below > 8)
      *boundary_at(first, rows, below) = (uint16_t)(e + (uint32_t)((below + 7) >> 4));
    w = (w * ratio + (UINT64_C(1) << 29)) >> 30;
  }
}

coin_latent_tables *coin_latent_tables_fill(void *memory) {
  coin_latent_tables *tables = memory;
  uint32_t place = 0;
  for (int i = 0; i < COIN_LATENT_SCALES; i++) {
    coin_scale_constants constants = coin_latent_constants[i];
    coin_scale_rows *rows = &tables->rows[i];
    *rows = (coin_scale_rows){place, 2 * constants.radius + 4, (int32_t)constants.radius + 1};
    uint16_t *first = tables->boundaries + place;
    fill_scale(first, rows, constants.ratio);
    fill_guesses(tables->guesses[i], first, rows);
    place += 16 * rows->stride;
  }
  return tables;
}

uint32_t coin_latent_boundary(const coin_latent_tables *tables, uint32_t scale,
                              int32_t fraction, int32_t j) {
  return coin_boundaries(tables, scale, fraction)[j + tables->rows[scale].escape];
}

/// 65536 log2(x / 65536), for x in 2^16...2^17 - 1, by repeated squaring.
static uint32_t fraction_of_logarithm(uint32_t x) {
  uint64_t y = (uint64_t)x << 14;  // 30 fractional bits
  uint32_t bits = 0;
  for (int k = 0; k < 18; k++) {
    y = y * y >> 30;
    bits = bits << 1 | (uint32_t)(y >> 31);
    y >>= y >> 31;
  }
  return (bits + 2) >> 2;
}

void coin_latent_costs_fill(uint32_t cost[65536]) {
  cost[0] = 0;
  for (uint32_t f = 1; f < 65536; f++) {
    uint32_t shift = (uint32_t)__builtin_clz(f) - 15;  // f << shift is in 2^16...2^17 - 1
    cost[f] = (shift << 16) - fraction_of_logarithm(f << shift);
  }
}
