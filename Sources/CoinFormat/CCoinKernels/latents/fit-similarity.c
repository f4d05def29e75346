// Structural similarity at several scales: what the model keeps of it, and its phases.

#include "fit-planes.h"

/// The exponents of the scales, finest first (Wang, Simoncelli, Bovik 2003, section 3.2).
static const float exponents[COIN_FIT_SCALES] = {0.0448f, 0.2856f, 0.3001f, 0.2363f, 0.1333f};

static float luma_of(const float *channels, uint32_t count) {
  return count < 3 ? channels[0]
                   : 0.299f * channels[0] + 0.587f * channels[1] + 0.114f * channels[2];
}

void coin_fit_set_similarity(coin_fit_model *m, float range, float weight, float squares) {
  m->similarity = (coin_similarity){.c1 = 0.01f * range * (0.01f * range),
                                    .c2 = 0.03f * range * (0.03f * range),
                                    .black = luma_of(m->low, m->config.channels),
                                    .squares = squares};
  float total = 0;
  for (uint32_t s = 0; s < m->config.scales; s++) total += exponents[s];
  const double pixels = (double)m->config.width * m->config.height;
  for (uint32_t s = 0; s < m->config.scales; s++) {
    coin_fit_scale *scale = &m->scales[s];
    const coin_plane *to = &scale->target;
    const double windows = (double)(to->width - COIN_FIT_WINDOW + 1) * (to->height - COIN_FIT_WINDOW + 1);
    scale->weight = (float)(weight * (exponents[s] / total) * pixels / windows);
    if (s > 0) {
      coin_halve_plane(&m->scales[s - 1].target, to);
      continue;
    }
    for (uint32_t y = 0; y < to->height; y++)
      for (uint32_t x = 0; x < to->width; x++) {
        float values[4];
        for (uint32_t c = 0; c < m->config.channels; c++)
          values[c] = m->target[c].origin[y * m->target[c].stride + x];
        to->origin[y * to->stride + x] = luma_of(values, m->config.channels);
      }
  }
}

void coin_fit_halve(coin_fit_model *m) {
  for (uint32_t s = 1; s < m->config.scales; s++)
    coin_halve_plane(&m->scales[s - 1].error, &m->scales[s].error);
}

void coin_fit_expand(coin_fit_model *m) {
  // Down to the scale of half the size: coin_fit_join_luma does the last step.
  for (uint32_t s = m->config.scales; s-- > 2;) {
    const coin_plane *from = &m->scales[s].gradient, *to = &m->scales[s - 1].gradient;
    for (uint32_t y = 0; y < 2 * from->height; y++) {
      const float *half = from->origin + y / 2 * from->stride;
      float *row = to->origin + y * to->stride;
      for (uint32_t x = 0; x < from->width; x++) {
        row[2 * x] += 0.25f * half[x];
        row[2 * x + 1] += 0.25f * half[x];
      }
    }
  }
}

void coin_fit_similarity(coin_variant variant, coin_fit_model *m, uint32_t item, float *workspace) {
  uint32_t s = m->config.scales - 1;
  while (m->scales[s].first_item > item) s--;
  coin_fit_scale *scale = &m->scales[s];
  uint32_t first = (item - scale->first_item) * COIN_FIT_SIMILARITY_BAND;
  uint32_t last = first + COIN_FIT_SIMILARITY_BAND, height = scale->error.height;
  m->unlike[item] =
      scale->weight *
      coin_fit_similarity_loss(variant, &m->similarity, &scale->error, &scale->target,
                               s + 1 == m->config.scales, m->scale * scale->weight,
                               m->with_gradient ? &scale->gradient : NULL, first,
                               last < height ? last : height, workspace);
}

double coin_fit_total_distortion(const coin_fit_model *m) {
  if (m->config.scales == 0) return coin_fit_total_squares(m);
  double sum = 0;
  for (uint32_t k = 0; k < m->scale_items; k++) sum += m->unlike[k];
  for (uint32_t k = 0; k < m->band_count; k++) sum += m->color[k];
  return sum;
}
