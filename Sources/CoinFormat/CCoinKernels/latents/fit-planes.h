#ifndef COIN_FIT_PLANES_H
#define COIN_FIT_PLANES_H

// What the model and its start share.

#include "coin_fit_model.h"

/// What a latent of chroma or alpha counts at each level: 1.4^-level, as 64ths (spec:
/// reconstruction).
static const float coin_level_factors[COIN_FIT_MAX_LEVELS] = {
    64 / 64.0f, 46 / 64.0f, 33 / 64.0f, 23 / 64.0f, 17 / 64.0f,
    12 / 64.0f, 9 / 64.0f,  6 / 64.0f,  4 / 64.0f,  3 / 64.0f};

static inline void coin_zero(float *p, size_t count) {
  for (size_t k = 0; k < count; k++) p[k] = 0;
}

static inline void coin_zero_plane(const coin_plane *p) {
  coin_zero(p->origin - COIN_FIT_MARGIN - COIN_FIT_MARGIN_ROWS * p->stride,
            p->stride * (p->height + 2 * COIN_FIT_MARGIN_ROWS));
}

/// What a group's grids hold of a pixel, by its place in the target: BT.601 luma and chroma, or
/// alpha.
float coin_group_value(const coin_fit_model *model, uint32_t group, size_t at);

/// Writes the mean of each 2 x 2 numbers; a last odd row or column stands for two.
void coin_halve_plane(const coin_plane *from, const coin_plane *to);

/// The phases of structural similarity: luma's errors at all scales; a band of windows; the gradients of
/// all scales but the finest, each with those of the coarser ones.
void coin_fit_halve(coin_fit_model *model);
void coin_fit_similarity(coin_variant variant, coin_fit_model *model, uint32_t item,
                         float *workspace);
void coin_fit_expand(coin_fit_model *model);

/// The grid of a group at a level, or NULL.
static inline coin_fit_grid *coin_fit_find(coin_fit_model *m, uint32_t group, uint32_t level) {
  for (uint32_t k = 0; k < m->grid_count; k++)
    if (m->grids[k].group == group && m->grids[k].level == level) return &m->grids[k];
  return NULL;
}

#endif
