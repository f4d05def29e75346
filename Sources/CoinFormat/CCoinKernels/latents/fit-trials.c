// Trials of latents: each changes its own neighbourhood only, so many can be tried in one pass.

#include <math.h>

#include "fit-planes.h"

/// How far apart the latents of a level are that are tried at the same time: neither the latents
/// whose contexts they are nor the pixels that their filters reach are the same.
///
/// Contexts reach 6 columns and 4 rows; filters 1, 5, 6, 6.5, and always less than 7 latents.
static ptrdiff_t columns_apart(uint32_t level) { return level < 3 ? 6 : 7; }
static ptrdiff_t rows_apart(uint32_t level) { return level == 0 ? 4 : columns_apart(level); }

typedef struct { ptrdiff_t top, bottom, left, right; } window;

static window clipped(window w, ptrdiff_t width, ptrdiff_t height) {
  return (window){w.top < 0 ? 0 : w.top, w.bottom > height ? height : w.bottom,
                  w.left < 0 ? 0 : w.left, w.right > width ? width : w.right};
}

static float squares_at(const coin_fit_model *m, ptrdiff_t y, ptrdiff_t x) {
  float sum = 0;
  for (uint32_t c = 0; c < m->config.channels; c++)
    sum += m->error[c].origin[y * (ptrdiff_t)m->error[c].stride + x];
  return sum;
}

/// The bits of each latent after the last pass are in the plane of Adam's mean; those before what is
/// tried are in that of the variance.
static void keep_bits(coin_fit_grid *grid) {
  for (uint32_t y = 0; y < grid->y.height; y++)
    for (uint32_t x = 0; x < grid->y.width; x++) {
      size_t k = y * grid->y.stride + x;
      grid->variance.origin[k] = grid->mean.origin[k];
    }
}

void coin_fit_begin_trials(coin_fit_model *m) {
  for (uint32_t y = 0; y < m->config.height; y++)
    for (uint32_t x = 0; x < m->config.width; x++)
      m->kept.origin[y * m->kept.stride + x] = squares_at(m, y, x);
  for (uint32_t k = 0; k < m->grid_count; k++) keep_bits(&m->grids[k]);
}

void coin_fit_end_trials(coin_fit_model *m) {
  m->tried_level = COIN_FIT_NO_LEVEL;
  for (uint32_t k = 0; k < m->grid_count; k++) {
    coin_zero_plane(&m->grids[k].mean);
    coin_zero_plane(&m->grids[k].variance);
  }
}

uint32_t coin_fit_list_candidates(const coin_fit_model *m, float least,
                                  coin_fit_candidate *list) {
  uint32_t count = 0;
  coin_fit_pins pins = coin_fit_pins_at(m, m->tried_level);
  for (uint32_t k = 0; k < m->grid_count; k++) {
    const coin_fit_grid *grid = &m->grids[k];
    if (grid->level != m->tried_level) continue;
    for (uint32_t y = 0; y < grid->y.height; y++) {
      uint32_t pinned = y < pins.rows ? grid->y.width : y < pins.last ? pins.columns : 0;
      for (uint32_t x = pinned; x < grid->y.width; x++) {
        float value = grid->y.origin[y * grid->y.stride + x];
        if (fabsf(value - rintf(value)) < least) continue;
        if (list) list[count] = (coin_fit_candidate){k, x, y, value, COIN_FIT_WAITING};
        count++;
      }
    }
  }
  return count;
}

static float *latent(const coin_fit_model *m, const coin_fit_candidate *c) {
  const coin_plane *plane = &m->grids[c->grid].y;
  return &plane->origin[c->y * plane->stride + c->x];
}

uint32_t coin_fit_try(coin_fit_model *m, coin_fit_candidate *list, uint32_t count,
                      uint8_t *taken) {
  if (count == 0) return 0;
  uint32_t tried = 0;
  ptrdiff_t width = m->grids[list->grid].y.width, height = m->grids[list->grid].y.height;
  ptrdiff_t rows = rows_apart(m->tried_level), columns = columns_apart(m->tried_level);
  for (ptrdiff_t k = 0; k < width * height; k++) taken[k] = 0;
  for (coin_fit_candidate *c = list; c < list + count; c++) {
    ptrdiff_t y = c->y, x = c->x;
    if (c->state != COIN_FIT_WAITING || taken[y * width + x]) continue;
    window w = clipped((window){y - rows + 1, y + rows, x - columns + 1, x + columns}, width,
                       height);
    for (y = w.top; y < w.bottom; y++)
      for (x = w.left; x < w.right; x++) taken[y * width + x] = 1;
    float nearest = rintf(c->value);
    *latent(m, c) = c->value > nearest ? nearest + 1 : nearest - 1;
    c->state = COIN_FIT_TRIED;
    tried++;
  }
  return tried;
}

/// How the bits in a window of a grid have changed; with `keep`, what is kept becomes what is there.
static float bits_in(coin_fit_grid *grid, window w, int keep) {
  if (!grid) return 0;
  float sum = 0;
  w = clipped(w, grid->y.width, grid->y.height);
  for (ptrdiff_t y = w.top; y < w.bottom; y++)
    for (ptrdiff_t x = w.left; x < w.right; x++) {
      ptrdiff_t k = y * (ptrdiff_t)grid->y.stride + x;
      sum += grid->mean.origin[k] - grid->variance.origin[k];
      if (keep) grid->variance.origin[k] = grid->mean.origin[k];
    }
  return sum;
}

/// How the bits have changed of all latents that have the one at (y, x) among their contexts.
static float change_of_bits(coin_fit_model *m, coin_fit_grid *grid, ptrdiff_t y, ptrdiff_t x,
                            int keep) {
  uint32_t l = grid->level, g = grid->group;
  float sum = bits_in(grid, (window){y, y + 4, x - 2, x + 4}, keep);
  window around = {y - 1, y + 1, x - 1, x + 2};
  if (g == 0) {
    window children = {2 * y - 1, 2 * y + 3, 2 * x - 1, 2 * x + 3};
    window grandchildren = {4 * y, 4 * y + 4, 4 * x, 4 * x + 4};
    if (l > 0) sum += bits_in(coin_fit_find(m, 0, l - 1), children, keep);
    if (l > 1) sum += bits_in(coin_fit_find(m, 0, l - 2), grandchildren, keep);
    sum += bits_in(coin_fit_find(m, 1, l), around, keep);
    sum += bits_in(coin_fit_find(m, 3, l), around, keep);
  } else {
    window children = {2 * y, 2 * y + 2, 2 * x, 2 * x + 2};
    if (l > 0) sum += bits_in(coin_fit_find(m, g, l - 1), children, keep);
    if (g == 1) sum += bits_in(coin_fit_find(m, 2, l), around, keep);
  }
  return sum;
}

/// How the squared error has changed of the pixels that the latent at (y, x) of a level reaches.
static float change_of_squares(coin_fit_model *m, uint32_t level, ptrdiff_t y, ptrdiff_t x,
                               int keep) {
  window w = {y, y, x, x};
  for (uint32_t k = 0; k < level; k++)
    w = (window){2 * w.top - 3, 2 * w.bottom + 4, 2 * w.left - 3, 2 * w.right + 4};
  // The last convolution reaches one pixel further.
  w = clipped((window){w.top - 1, w.bottom + 2, w.left - 1, w.right + 2}, m->config.width,
              m->config.height);
  float sum = 0;
  for (y = w.top; y < w.bottom; y++)
    for (x = w.left; x < w.right; x++) {
      float *kept = &m->kept.origin[y * (ptrdiff_t)m->kept.stride + x];
      float squares = squares_at(m, y, x);
      sum += squares - *kept;
      if (keep) *kept = squares;
    }
  return sum;
}

double coin_fit_decide(coin_fit_model *m, coin_fit_candidate *list, uint32_t count) {
  double saved = 0;
  float half = 0.5f * m->scale;
  for (coin_fit_candidate *c = list; c < list + count; c++) {
    if (c->state != COIN_FIT_TRIED) continue;
    coin_fit_grid *grid = &m->grids[c->grid];
    float bits = change_of_bits(m, grid, c->y, c->x, 0);
    float squares = half * change_of_squares(m, grid->level, c->y, c->x, 0);
    c->state = COIN_FIT_DECIDED;
    if (bits + squares < 0) {
      change_of_bits(m, grid, c->y, c->x, 1);
      change_of_squares(m, grid->level, c->y, c->x, 1);
      saved -= bits + squares;
    } else {
      *latent(m, c) = c->value;
    }
  }
  return saved;
}
