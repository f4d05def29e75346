// Where a fit starts: the picture in the model's units, and a pyramid of it in the grids.

#include "fit-planes.h"

static float sample_of(const coin_fit_picture *picture, size_t index) {
  return picture->depth == 8 ? (float)((const uint8_t *)picture->samples)[index]
                             : (float)((const uint16_t *)picture->samples)[index];
}

void coin_fit_set_target(coin_fit_model *m, const coin_fit_picture *picture, const float *base,
                         float unit) {
  uint32_t colors = picture->channels - (picture->has_alpha ? 1 : 0);
  float scale = 1 / unit, full = picture->depth == 8 ? 255.0f : 65535.0f;
  m->has_weight = picture->has_alpha && m->config.first[3] != COIN_FIT_NO_LEVEL;
  for (uint32_t y = 0; y < m->config.height; y++)
    for (uint32_t x = 0; x < m->config.width; x++) {
      size_t at = y * picture->row_samples + (size_t)x * picture->channels;
      float alpha = m->has_weight ? sample_of(picture, at + colors) / full : 1;
      if (m->has_weight) m->weight.origin[y * m->weight.stride + x] = alpha;
      for (uint32_t c = 0; c < m->config.channels; c++) {
        float value = (sample_of(picture, at + c) - base[c]) * scale;
        int visible = c >= colors || alpha > 0;
        m->target[c].origin[y * m->target[c].stride + x] = visible ? value : 0;
      }
    }
  for (uint32_t c = 0; c < m->config.channels; c++) {
    m->low[c] = (0 - base[c]) * scale;
    m->high[c] = (full - base[c]) * scale;
  }
}

float coin_group_value(const coin_fit_model *m, uint32_t group, size_t at) {
  uint32_t channels = m->config.channels;
  if (group == 3) return m->target[channels - 1].origin[at];
  if (channels < 3) return m->target[0].origin[at];
  float r = m->target[0].origin[at], g = m->target[1].origin[at], b = m->target[2].origin[at];
  float luma = 0.299f * r + 0.587f * g + 0.114f * b;
  return group == 0 ? luma : group == 1 ? (b - luma) / 1.772f : (r - luma) / 1.402f;
}

void coin_halve_plane(const coin_plane *from, const coin_plane *to) {
  for (uint32_t y = 0; y < to->height; y++) {
    const float *a = from->origin + 2 * y * from->stride;
    const float *b = 2 * y + 1 < from->height ? a + from->stride : a;
    for (uint32_t x = 0; x < to->width; x++) {
      uint32_t next = 2 * x + 1 < from->width ? 2 * x + 1 : 2 * x;
      to->origin[y * to->stride + x] = 0.25f * ((a[2 * x] + a[next]) + (b[2 * x] + b[next]));
    }
  }
}

static float power_of_decay(uint32_t level) {  // 1.4^-level
  float value = 1;
  for (uint32_t k = 0; k < level; k++) value /= 1.4f;
  return value;
}

static float shrunk(float x, float by) { return x > by ? x - by : x < -by ? x + by : 0; }

/// Starts one grid, and adds to what is reconstructed so far what it rounds to.
static void start_grid(coin_fit_grid *grid, const coin_plane *wanted, const coin_plane *so_far,
                       float step, float dead_zone) {
  int empty = grid->group == 0 && grid->level == 0;
  for (uint32_t y = 0; y < grid->y.height; y++)
    for (uint32_t x = 0; x < grid->y.width; x++) {
      float *r = so_far->origin + y * so_far->stride + x;
      float d = (wanted->origin[y * wanted->stride + x] - *r) / step;
      d = empty ? 0 : shrunk(d, dead_zone);
      d = d > 511 ? 511 : d < -511 ? -511 : d;
      grid->y.origin[y * grid->y.stride + x] = d;
      *r += step * __builtin_roundevenf(d);
    }
}

void coin_fit_start(coin_variant variant, coin_fit_model *m, uint32_t group, float dead_zone,
                    const float *taps, float *workspace) {
  uint32_t levels = m->config.levels;
  if (m->config.first[group] == COIN_FIT_NO_LEVEL) return;
  // The planes of the longest luma chain, and two of full size, are free before the first step.
  coin_fit_chain *chain = NULL;
  for (uint32_t k = 0; k < m->chain_count; k++)
    if (m->chains[k].top == levels - 1) chain = &m->chains[k];
  coin_plane *wanted[COIN_FIT_MAX_LEVELS], *so_far[COIN_FIT_MAX_LEVELS];
  wanted[0] = &m->error[0];
  so_far[0] = &m->residual[0];
  for (uint32_t l = 1; l < levels; l++) {
    wanted[l] = &chain->gradient[l];
    so_far[l] = &chain->values[l];
  }
  for (uint32_t y = 0; y < m->config.height; y++)
    for (uint32_t x = 0; x < m->config.width; x++) {
      size_t at = y * wanted[0]->stride + x;
      wanted[0]->origin[at] = coin_group_value(m, group, at);
    }
  for (uint32_t l = 1; l < levels; l++) coin_halve_plane(wanted[l - 1], wanted[l]);
  for (uint32_t l = levels; l-- > 0;) {
    if (l + 1 == levels) {
      coin_zero_plane(so_far[l]);
    } else {
      coin_plane_replicate(so_far[l + 1]);
      coin_fit_upsample(variant, so_far[l + 1], so_far[l], taps, workspace);
    }
    coin_fit_grid *grid = coin_fit_find(m, group, l);
    float step = group == 0 ? power_of_decay(l) : coin_level_factors[l];
    if (grid) start_grid(grid, wanted[l], so_far[l], step, dead_zone);
  }
  for (uint32_t l = 0; l < levels; l++) coin_zero_plane(wanted[l]);
}

void coin_fit_export(const coin_fit_model *m, uint32_t index, int16_t *latents) {
  const coin_plane *y = &m->grids[index].y;
  for (uint32_t row = 0; row < y->height; row++)
    for (uint32_t x = 0; x < y->width; x++)
      *latents++ = (int16_t)__builtin_roundevenf(y->origin[row * y->stride + x]);
}

void coin_fit_import_pinned(coin_fit_model *m, uint32_t index, const int16_t *latents) {
  const coin_plane *y = &m->grids[index].y;
  coin_fit_pins pins = coin_fit_pins_at(m, m->grids[index].level);
  for (uint32_t row = 0; row < y->height; row++) {
    uint32_t end = row < pins.rows ? y->width : row < pins.last ? pins.columns : 0;
    for (uint32_t x = 0; x < end; x++) y->origin[row * y->stride + x] = latents[row * y->width + x];
  }
}
