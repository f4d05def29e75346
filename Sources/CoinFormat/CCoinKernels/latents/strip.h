#ifndef COIN_LATENTS_STRIP_H
#define COIN_LATENTS_STRIP_H

// Strips of 16 rows, stored skewed: what lane r has at time t, row r and column t - 3 r, is
// beside what the other lanes have then. So a neighbour of all lanes is one load.

/// Lanes above the strip, numbers a time step (a lane below it, too), time steps before 0, and
/// all time steps beside the width.
enum { ABOVE = 3, STEP = ABOVE + COIN_STRIP + 1, LEAD = 10, EXTRA_STEPS = LEAD + 56 };

/// A latent as an input: 6 fractional bits.
enum { INPUT_SHIFT = 6 };

/// Skewed copies of a grid and of what its features are made of.
typedef struct {
  int16_t *own, *near, *far;  // at time 0 of lane 0
  size_t steps;
} strip_memory;

static inline size_t skewed_size(size_t width) { return (width + EXTRA_STEPS) * STEP; }

static inline void place_strip(strip_memory *strip, uint32_t width, void *workspace) {
  int16_t *memory = workspace;
  size_t origin = LEAD * STEP + ABOVE;
  strip->own = memory + origin;
  strip->near = strip->own + skewed_size(width);
  strip->far = strip->near + skewed_size(width);
  strip->steps = width + EXTRA_STEPS;
}

static inline void clear_skewed(int16_t *skewed, const strip_memory *strip) {
  int16_t *memory = skewed - (LEAD * STEP + ABOVE);
  for (size_t k = 0; k < strip->steps * STEP; k++) memory[k] = 0;
}

/// Copies a row of a grid, each latent to 2^shift columns, as far as columns up to `width` want.
static inline void fill_lane(int16_t *skewed, ptrdiff_t lane, const coin_latent_grid *grid,
                             ptrdiff_t y, int shift, size_t width) {
  if (!grid->values || y < 0 || y >= (ptrdiff_t)grid->height) return;
  const int16_t *row = grid->values + (size_t)y * grid->stride;
  size_t columns = (size_t)grid->width << shift;
  if (columns > width + 1) columns = width + 1;
  int16_t *to = skewed + lane + COIN_SKEW * lane * STEP;
  for (size_t x = 0; x < columns; x++, to += STEP)
    *to = (int16_t)(row[x >> shift] * (1 << INPUT_SHIFT));
}

/// Fills in what the strip at row `top` has for contexts: three rows above, and the features.
static inline void fill_strip(const strip_memory *strip, const coin_latent_contexts *contexts,
                              size_t top) {
  const coin_latent_grid *near = &contexts->near, *far = &contexts->far;
  size_t width = contexts->own.width;
  ptrdiff_t y = (ptrdiff_t)top;
  for (ptrdiff_t lane = -ABOVE; lane < 0; lane++)
    fill_lane(strip->own, lane, &contexts->own, y + lane, 0, width);
  clear_skewed(strip->near, strip);
  clear_skewed(strip->far, strip);
  if (contexts->is_luma) {
    for (ptrdiff_t lane = -1; lane <= COIN_STRIP; lane++)
      fill_lane(strip->near, lane, near, (y + lane) >> 1, 1, width);
    for (ptrdiff_t lane = 0; lane < COIN_STRIP; lane++)
      fill_lane(strip->far, lane, far, (y + lane) >> 2, 2, width);
  } else {
    for (ptrdiff_t lane = 0; lane <= COIN_STRIP; lane++)
      fill_lane(strip->near, lane, near, y + lane, 0, width);
    for (ptrdiff_t lane = 0; lane < COIN_STRIP; lane++)
      fill_lane(strip->far, lane, far, (y + lane) >> 1, 1, width);
  }
}

/// Where row `dy` and column `dx` from a lane's own is.
#define SKEWED(dy, dx) (((dx) + COIN_SKEW * (dy)) * STEP + (dy))

/// Puts where the inputs are at time 0 into `inputs`, without the flag.
static inline void find_inputs(const int16_t **inputs, const strip_memory *strip,
                               const coin_latent_contexts *contexts, size_t neighbors) {
  static const int16_t causal[COIN_LATENT_MAX_CONTEXTS] = {
      SKEWED(0, -1),  SKEWED(-1, 0),  SKEWED(-1, -1), SKEWED(-1, 1),
      SKEWED(0, -2),  SKEWED(-2, 0),  SKEWED(-1, 2),  SKEWED(-1, -2),
      SKEWED(-3, 0),  SKEWED(-2, 1),  SKEWED(-2, -1), SKEWED(0, -3),
      SKEWED(-2, -2), SKEWED(-1, -3), SKEWED(-2, 2),  SKEWED(-3, -1)};
  static const int16_t parents[4] = {SKEWED(-1, -1), SKEWED(-1, 1), SKEWED(1, -1),
                                     SKEWED(1, 1)};
  static const int16_t others[4] = {0, SKEWED(0, 1), SKEWED(1, 0), SKEWED(0, -1)};
  for (size_t k = 0; k < neighbors; k++) inputs[k] = strip->own + causal[k];
  for (size_t k = 0; k < 4; k++)
    inputs[neighbors + k] = strip->near + (contexts->is_luma ? parents : others)[k];
  inputs[neighbors + 4] = strip->far;
}

/// The lanes of a strip of `rows` rows that have a column of the grid at time `t`.
static inline void find_lanes(size_t t, size_t width, size_t rows, size_t *first, size_t *end) {
  *first = t < width ? 0 : (t - width) / COIN_SKEW + 1;
  *end = t / COIN_SKEW + 1 < rows ? t / COIN_SKEW + 1 : rows;
}

#endif
