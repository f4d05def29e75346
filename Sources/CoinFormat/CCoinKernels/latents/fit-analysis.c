// The analysis: latents to start from, by linear filters of the bands of a Laplacian pyramid; and the
// gradient of its filters, by which they are learned.

#include "fit-planes.h"

/// The planes of one group: its pyramid, whose planes then serve as scratch, and its bands.
typedef struct { coin_plane *means[COIN_FIT_MAX_LEVELS], *bands[COIN_FIT_MAX_LEVELS]; } bands;

/// Finds planes that are free before the first step: two of full size, and those of a chain.
static bands planes_of(coin_fit_model *m, uint32_t group) {
  bands b = {.means = {&m->error[group]}, .bands = {&m->residual[group]}};
  coin_fit_chain *chain = NULL;
  for (uint32_t k = 0; k < m->chain_count; k++)
    if (m->chains[k].group == group && m->chains[k].top == m->config.levels - 1)
      chain = &m->chains[k];
  for (uint32_t l = 1; l < m->config.levels; l++) {
    b.means[l] = &chain->values[l];
    b.bands[l] = &chain->gradient[l];
  }
  return b;
}

/// Splits a group's part of the target into bands: what upsampling lacks of the means of each level,
/// and the coarsest means.
static void split(coin_variant variant, coin_fit_model *m, uint32_t group, const bands *b,
                  const float *taps, float *workspace) {
  uint32_t last = m->config.levels - 1;
  for (uint32_t y = 0; y < m->config.height; y++)
    for (uint32_t x = 0; x < m->config.width; x++) {
      size_t at = y * b->means[0]->stride + x;
      b->means[0]->origin[at] = coin_group_value(m, group, at);
    }
  for (uint32_t l = 1; l <= last; l++) coin_halve_plane(b->means[l - 1], b->means[l]);
  coin_fit_copy(variant, b->means[last], b->bands[last], 1, 0);
  for (uint32_t l = last; l-- > 0;) {
    coin_plane_replicate(b->means[l + 1]);
    coin_fit_upsample(variant, b->means[l + 1], b->bands[l], taps, workspace);
    // The band is means - upsampled.
    coin_fit_copy(variant, b->bands[l], b->bands[l], -2, 1);
    coin_fit_copy(variant, b->means[l], b->bands[l], 1, 1);
  }
}

/// A plane that a filter of (2 radius + 1)^2 taps, from `first` on, is applied to.
typedef struct { const coin_plane *plane; uint32_t radius, first; } source;

enum { MAX_SOURCES = 5 };

/// Lists what the filter of a grid sees, once the bands of coarser levels are upsampled.
static uint32_t sources_of(const coin_fit_model *m, const coin_fit_grid *grid, const bands *all,
                           uint32_t group_count, source *to) {
  uint32_t g = grid->group, l = grid->level, count = 0, first = 35;
  to[count++] = (source){all[g].bands[l], 2, 0};
  if (l + 1 < m->config.levels) to[count++] = (source){all[g].means[l], 1, 25};
  if (l + 2 < m->config.levels) to[count++] = (source){&grid->slope, 0, 34};
  for (uint32_t other = 0; other < group_count; other++) {
    if (other == g) continue;
    to[count++] = (source){all[other].bands[l], 1, first};
    first += 9;
  }
  return count;
}

static float sum_of(const float *taps, uint32_t count) {
  float sum = 0;
  for (uint32_t k = 0; k < count; k++) sum += taps[k];
  return sum;
}

/// Keeps the latents of a grid within what a stream can have, and zero beside it.
static void bound(const coin_plane *y) {
  for (uint32_t row = 0; row < y->height; row++) {
    float *values = y->origin + row * y->stride;
    for (uint32_t x = 0; x < y->width; x++)
      values[x] = values[x] > 511 ? 511 : values[x] < -511 ? -511 : values[x];
    for (uint32_t x = y->width; x % COIN_FIT_MARGIN != 0; x++) values[x] = 0;
  }
}

static void filter_grid(coin_variant variant, coin_fit_grid *grid, const source *sources,
                        uint32_t count, int is_last, const float *filter) {
  coin_zero_plane(&grid->y);
  if (is_last && grid->level + 1 < COIN_ANALYSIS_LEVELS) {
    // The filter knows a band of this level, not the means themselves; only its scale is used.
    coin_fit_copy(variant, sources[0].plane, &grid->y, sum_of(filter, 25), 0);
  } else {
    for (uint32_t k = 0; k < count; k++)
      coin_fit_filter(variant, sources[k].plane, sources[k].radius, filter + sources[k].first,
                      &grid->y);
  }
  bound(&grid->y);
}

/// Splits the target into bands and visits the grids, coarse to fine: starts their latents or, with
/// a `gradient`, adds to the filters' what the means of the grids hold as the latents'.
static void visit_grids(coin_variant variant, coin_fit_model *m, const float *filters,
                        double *gradient, const float *taps, float *workspace) {
  uint32_t groups = m->config.first[1] == COIN_FIT_NO_LEVEL ? 1 : 3, levels = m->config.levels;
  bands all[3];
  for (uint32_t g = 0; g < groups; g++) {
    all[g] = planes_of(m, g);
    split(variant, m, g, &all[g], taps, workspace);
  }
  for (uint32_t l = levels; l-- > 0;)
    for (uint32_t g = 0; g < groups; g++) {
      coin_fit_grid *grid = coin_fit_find(m, g, l);
      // The band two levels above, upsampled twice; then that of the next level, upsampled.
      if (l + 2 < levels && grid)
        coin_fit_upsample(variant, all[g].means[l + 1], &grid->slope, taps, workspace);
      if (l + 1 < levels)
        coin_fit_upsample(variant, all[g].bands[l + 1], all[g].means[l], taps, workspace);
      if (!grid) continue;
      uint32_t row = l < COIN_ANALYSIS_LEVELS ? l : COIN_ANALYSIS_LEVELS - 1;
      size_t at = (g * COIN_ANALYSIS_LEVELS + row) * COIN_ANALYSIS_TAPS;
      source sources[MAX_SOURCES];
      uint32_t count = sources_of(m, grid, all, groups, sources);
      if (!gradient) filter_grid(variant, grid, sources, count, l + 1 == levels, filters + at);
      for (uint32_t k = 0; gradient && k < count; k++)
        coin_fit_correlate(variant, sources[k].plane, sources[k].radius, &grid->mean,
                           gradient + at + sources[k].first);
    }
  for (uint32_t g = 0; g < groups; g++)
    for (uint32_t l = 0; l < levels; l++) {
      coin_zero_plane(all[g].bands[l]);
      coin_zero_plane(all[g].means[l]);
    }
}

void coin_fit_analyze(coin_variant variant, coin_fit_model *m, const float *filters,
                      const float *taps, float *workspace) {
  visit_grids(variant, m, filters, NULL, taps, workspace);
}

void coin_fit_analysis_gradient(coin_variant variant, coin_fit_model *m, const float *taps,
                                double *gradient, float *workspace) {
  for (uint32_t k = 0; k < m->grid_count; k++) {
    coin_fit_grid *grid = &m->grids[k];
    coin_zero_plane(&grid->mean);
    for (uint32_t y = 0; y < grid->y.height; y++)
      for (uint32_t x = 0; x < grid->y.width; x++) {
        size_t at = y * grid->y.stride + x;
        float sum = 0;
        for (uint32_t n = 0; n < grid->gradient_count; n++) sum += grid->step_gradients[n]->origin[at];
        grid->mean.origin[at] = sum * grid->slope.origin[at];
      }
  }
  visit_grids(variant, m, NULL, gradient, taps, workspace);
}
