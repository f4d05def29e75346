// A step of the fit, as phases of items.

#include "coin_fit_model.h"
#include "fit-internal.h"

#include "fit-planes.h"

static const int8_t neighbours[16][2] = {{0, -1}, {-1, 0},  {-1, -1}, {-1, 1}, {0, -2}, {-2, 0},
                                         {-1, 2}, {-1, -2}, {-3, 0},  {-2, 1}, {-2, -1}, {0, -3},
                                         {-2, -2}, {-1, -3}, {-2, 2}, {-3, -1}};

/// How much softer latents are rounded at each level than at level 0: coarse ones are larger, and
/// what they become is decided by more pixels, which need time to agree (docs/notes/latent-fitting.md).
static const float softness[COIN_FIT_MAX_LEVELS] = {1,     1.09f, 1.18f, 1.36f, 1.55f,
                                                    1.55f, 1.55f, 1.55f, 1.55f, 1.55f};

/// Memory that is dealt out from front to back; without a base, only counted.
typedef struct { char *base; size_t used; } arena;

static void *take(arena *a, size_t bytes) {
  void *p = a->base ? a->base + a->used : NULL;
  a->used += coin_round_up(bytes, 64);
  return p;
}

static coin_plane take_plane(arena *a, uint32_t width, uint32_t height) {
  size_t stride = coin_plane_stride(width);
  float *memory = take(a, coin_plane_size(width, height) * sizeof(float));
  float *origin = memory ? memory + COIN_FIT_MARGIN_ROWS * stride + COIN_FIT_MARGIN : NULL;
  return (coin_plane){origin, stride, width, height};
}

static uint32_t halved(uint32_t size, uint32_t level) {
  return (uint32_t)(((uint64_t)size + (1u << level) - 1) >> level);
}

static int has_grid(const coin_fit_config *c, uint32_t group, uint32_t level) {
  return c->first[group] != COIN_FIT_NO_LEVEL && level >= c->first[group] && level < c->levels;
}

static uint32_t bands(uint32_t height) { return (height + COIN_FIT_BAND - 1) / COIN_FIT_BAND; }

static coin_context context(coin_context_kind kind, int32_t dy, int32_t dx,
                            coin_fit_grid *source, uint32_t gradient) {
  coin_context result = {.kind = kind, .dy = dy, .dx = dx};
  if (source) {
    result.source = source->values.origin;
    result.gradient = source->gradients[gradient].origin;
    result.stride = source->values.stride;
  }
  return result;
}

static void set_contexts(coin_fit_model *m, coin_fit_grid *grid) {
  coin_context *to = grid->contexts;
  uint32_t l = grid->level, g = grid->group;
  for (uint32_t k = 0; k < m->config.spatial; k++)
    *to++ = context(COIN_CONTEXT_SAME, neighbours[k][0], neighbours[k][1], grid, 0);
  if (g == 0) {
    for (int32_t dy = -1; dy <= 1; dy += 2)
      for (int32_t dx = -1; dx <= 1; dx += 2)
        *to++ = context(COIN_CONTEXT_PARENT, dy, dx, coin_fit_find(m, 0, l + 1), 1);
    *to++ = context(COIN_CONTEXT_GRANDPARENT, 0, 0, coin_fit_find(m, 0, l + 2), 2);
  } else {
    static const int8_t around[4][2] = {{0, 0}, {0, 1}, {1, 0}, {0, -1}};
    coin_fit_grid *guide = coin_fit_find(m, g == 2 ? 1 : 0, l);
    for (uint32_t k = 0; k < 4; k++)
      *to++ = context(COIN_CONTEXT_SAME, around[k][0], around[k][1], guide, g == 3 ? 4 : 3);
    *to++ = context(COIN_CONTEXT_PARENT, 0, 0, coin_fit_find(m, g, l + 1), 1);
  }
  *to = (coin_context){.kind = COIN_CONTEXT_CONSTANT, .constant = g == 0 ? 0 : 1};
}

static void set_shape(coin_fit_model *m) {
  const coin_fit_config *c = &m->config;
  int chroma = c->first[1] != COIN_FIT_NO_LEVEL, alpha = c->first[3] != COIN_FIT_NO_LEVEL;
  m->shape = (coin_fit_shape){.contexts = c->spatial + 6, .hidden = c->hidden,
                              .planes = c->levels - c->first[0] + 2 * (uint32_t)chroma + (uint32_t)alpha,
                              .synthesis = c->synthesis, .channels = c->channels,
                              .stages = c->levels - 1,
                              .groups = 1 + (uint32_t)chroma + (uint32_t)alpha};
  coin_fit_layout(&m->shape);
}

/// The place of a stage's taps; luma's are first, then chroma's, then alpha's.
static uint32_t taps_of(const coin_fit_model *m, uint32_t group, uint32_t stage) {
  uint32_t set = group == 0 ? 0 : group == 3 ? m->shape.groups - 1 : 1;
  return m->shape.taps + (set * m->shape.stages + stage) * 4;
}

static void take_grids(coin_fit_model *m, arena *a) {
  const coin_fit_config *c = &m->config;
  m->grid_count = m->rate_items = 0;
  for (uint32_t l = 0; l < c->levels; l++)
    for (uint32_t g = 0; g < COIN_FIT_GROUPS; g++) {
      if (!has_grid(c, g, l)) continue;
      coin_fit_grid *grid = &m->grids[m->grid_count++];
      uint32_t w = halved(c->width, l), h = halved(c->height, l);
      *grid = (coin_fit_grid){.level = l, .group = g, .first_item = m->rate_items};
      m->rate_items += bands(h);
      grid->y = take_plane(a, w, h);
      grid->values = take_plane(a, w, h);
      grid->slope = take_plane(a, w, h);
      grid->mean = take_plane(a, w, h);
      grid->variance = take_plane(a, w, h);
      int used[5] = {1, l > 0, g == 0 && l > 1, g <= 1 && has_grid(c, g == 0 ? 1 : 2, l),
                     g == 0 && has_grid(c, 3, l)};
      for (uint32_t k = 0; k < 5; k++) {
        if (!used[k]) continue;
        grid->gradients[k] = take_plane(a, w, h);
        grid->step_gradients[grid->gradient_count++] = &grid->gradients[k];
      }
    }
}

static void take_chains(coin_fit_model *m, arena *a) {
  const coin_fit_config *c = &m->config;
  m->chain_count = 0;
  for (uint32_t g = 0; g < COIN_FIT_GROUPS; g++) {
    if (c->first[g] == COIN_FIT_NO_LEVEL) continue;
    uint32_t from_level = g == 0 ? c->first[0] : c->levels - 1;
    for (uint32_t top = from_level < 1 ? 1 : from_level; top < c->levels; top++) {
      coin_fit_chain *chain = &m->chains[m->chain_count++];
      *chain = (coin_fit_chain){.group = g, .top = top};
      for (uint32_t l = 1; l <= top; l++) {
        chain->values[l] = take_plane(a, halved(c->width, l), halved(c->height, l));
        chain->gradient[l] = take_plane(a, halved(c->width, l), halved(c->height, l));
      }
    }
  }
}

static void set_inputs(coin_fit_model *m) {
  const coin_fit_config *c = &m->config;
  coin_fit_input *to = m->inputs;
  coin_fit_chain *chain = m->chains;
  for (uint32_t g = 0; g < COIN_FIT_GROUPS; g++) {
    if (c->first[g] == COIN_FIT_NO_LEVEL) continue;
    coin_fit_grid *finest = coin_fit_find(m, g, 0);
    if (finest && (g == 0 || c->levels == 1))
      *to++ = (coin_fit_input){.values = &finest->values, .gradient = &finest->gradients[0]};
    for (; chain < m->chains + m->chain_count && chain->group == g; chain++, to++) {
      *to = (coin_fit_input){.values = &chain->values[1], .gradient = &chain->gradient[1],
                             .half = 1, .taps = taps_of(m, g, 0)};
      if (finest && g > 0) {
        to->detail = &finest->values;
        to->detail_gradient = &finest->gradients[0];
      }
    }
  }
}

static void take_scales(coin_fit_model *m, arena *a) {
  m->scale_items = 0;
  for (uint32_t s = 0; s < m->config.scales; s++) {
    uint32_t width = m->config.width >> s, height = m->config.height >> s;
    m->scales[s] = (coin_fit_scale){.target = take_plane(a, width, height),
                                    .error = take_plane(a, width, height),
                                    .gradient = take_plane(a, width, height),
                                    .first_item = m->scale_items};
    m->scale_items += (height + COIN_FIT_SIMILARITY_BAND - 1) / COIN_FIT_SIMILARITY_BAND;
  }
  m->unlike = take(a, m->scale_items * sizeof(double));
  m->color = take(a, m->band_count * sizeof(double));
}

static size_t lay_out(coin_fit_model *m, const coin_fit_config *config, void *memory) {
  arena a = {memory, 0};
  m->config = *config;
  set_shape(m);
  take_grids(m, &a);
  take_chains(m, &a);
  for (uint32_t c = 0; c < config->channels; c++) {
    m->residual[c] = take_plane(&a, config->width, config->height);
    m->error[c] = take_plane(&a, config->width, config->height);
    m->target[c] = take_plane(&a, config->width, config->height);
  }
  m->kept = take_plane(&a, config->width, config->height);
  if (config->first[3] != COIN_FIT_NO_LEVEL) m->weight = take_plane(&a, config->width, config->height);
  m->band_count = bands(config->height);
  size_t n = m->shape.count * sizeof(float);
  m->parameters = take(&a, n);
  m->transposed = take(&a, n);
  m->gradient = take(&a, n);
  m->slots = take(&a, n * (m->rate_items + 2 * m->band_count + m->chain_count));
  m->bits = take(&a, m->rate_items * sizeof(double));
  m->squares = take(&a, m->band_count * sizeof(double));
  take_scales(m, &a);
  if (!memory) return a.used;
  for (uint32_t k = 0; k < m->grid_count; k++) set_contexts(m, &m->grids[k]);
  set_inputs(m);
  // What a luma grid gets through its chain is a gradient of its own.
  for (uint32_t k = 0; k < m->chain_count; k++) {
    coin_fit_chain *chain = &m->chains[k];
    if (chain->group != 0) continue;
    coin_fit_grid *grid = coin_fit_find(m, 0, chain->top);
    grid->step_gradients[grid->gradient_count++] = &chain->gradient[chain->top];
  }
  return a.used;
}

size_t coin_fit_model_size(const coin_fit_config *config) {
  coin_fit_model model;
  return lay_out(&model, config, NULL);
}

void coin_fit_model_init(coin_fit_model *model, const coin_fit_config *config, void *memory) {
  lay_out(model, config, memory);
  model->tried_level = COIN_FIT_NO_LEVEL;
  model->sample = (coin_fit_sample){1, 0};
}

size_t coin_fit_model_workspace(const coin_fit_model *model) {
  size_t networks = coin_fit_workspace(&model->shape, model->config.width);
  size_t similarity = model->config.scales > 0 ? coin_fit_similarity_workspace() : 0;
  return networks > similarity ? networks : similarity;
}

coin_fit_pins coin_fit_pins_at(const coin_fit_model *model, uint32_t level) {
  return (coin_fit_pins){model->pins.rows >> level, model->pins.columns >> level,
                         model->pins.last >> level};
}

const coin_fit_grid *coin_fit_grid_at(const coin_fit_model *model, uint32_t index) {
  return &model->grids[index];
}

uint32_t coin_fit_item_count(const coin_fit_model *m, coin_fit_phase phase) {
  switch (phase) {
    case COIN_FIT_SOFTEN: case COIN_FIT_STEP: return m->rate_items;
    case COIN_FIT_RATE_EVEN: case COIN_FIT_RATE_ODD: return m->rate_items;
    case COIN_FIT_UPSAMPLE: case COIN_FIT_UPSAMPLE_GRADIENT: return m->chain_count;
    case COIN_FIT_SYNTHESIZE: case COIN_FIT_COMPARE: return m->band_count;
    case COIN_FIT_SYNTHESIS_EVEN: return (m->band_count + 1) / 2;
    case COIN_FIT_SYNTHESIS_ODD: return m->band_count / 2;
    case COIN_FIT_BORDER: return m->config.channels;
    case COIN_FIT_SIMILARITY: return m->scale_items;
    case COIN_FIT_HALVE: case COIN_FIT_EXPAND: return m->config.scales > 1;
    case COIN_FIT_JOIN: return m->config.scales > 0 ? m->band_count : 0;
    default: return 1;
  }
}

static void upsample_chain(coin_variant variant, coin_fit_model *m, coin_fit_chain *chain,
                           float *workspace) {
  for (uint32_t l = chain->top; l >= 1; l--) {
    coin_fit_grid *grid = chain->group == 0 && l < chain->top ? NULL : coin_fit_find(m, chain->group, l);
    float factor = chain->group == 0 || !grid ? 1 : coin_level_factors[l];
    if (l < chain->top)
      coin_fit_upsample(variant, &chain->values[l + 1], &chain->values[l],
                        m->parameters + taps_of(m, chain->group, l), workspace);
    if (grid) coin_fit_copy(variant, &grid->values, &chain->values[l], factor, l < chain->top);
  }
}

static void chain_gradient(coin_variant variant, coin_fit_model *m, coin_fit_chain *chain,
                           float *gradient, float *workspace) {
  for (uint32_t l = 1; l <= chain->top; l++) {
    if (chain->group != 0) {
      coin_fit_grid *grid = coin_fit_find(m, chain->group, l);
      if (grid)
        coin_fit_add(variant, &chain->gradient[l], &grid->gradients[0],
                     coin_level_factors[l]);
    }
    if (l < chain->top) {
      uint32_t taps = taps_of(m, chain->group, l);
      coin_fit_upsample_gradient(variant, &chain->values[l + 1], &chain->gradient[l + 1],
                                 &chain->gradient[l], m->parameters + taps, gradient + taps,
                                 workspace);
    }
    if (l < chain->top || chain->group != 0) coin_zero_plane(&chain->gradient[l]);
  }
}

static void reduce(coin_fit_model *m) {
  size_t n = m->shape.count, slots = m->rate_items + 2 * m->band_count + m->chain_count;
  coin_zero(m->gradient, n);
  for (size_t s = 0; s < slots; s++)
    for (size_t k = 0; k < n; k++) m->gradient[k] += m->slots[s * n + k];
}

static float *slot(coin_fit_model *m, uint32_t index) {
  float *p = m->slots + (size_t)index * m->shape.count;
  coin_zero(p, m->shape.count);
  return p;
}

/// The rows of a plane of which the gradient of parameters is taken: all, unless there are many.
static coin_fit_sample sample(const coin_fit_model *m, const coin_plane *plane) {
  const uint64_t count = (uint64_t)plane->width * plane->height;
  return count < COIN_FIT_SAMPLED_PIXELS ? (coin_fit_sample){1, 0} : m->sample;
}

static coin_fit_grid *grid_of(coin_fit_model *m, uint32_t item, uint32_t *first, uint32_t *last) {
  uint32_t k = m->grid_count - 1;
  while (m->grids[k].first_item > item) k--;
  coin_fit_grid *grid = &m->grids[k];
  *first = (item - grid->first_item) * COIN_FIT_BAND;
  *last = *first + COIN_FIT_BAND < grid->y.height ? *first + COIN_FIT_BAND : grid->y.height;
  return grid;
}

static void run_grid(coin_variant variant, coin_fit_model *m, coin_fit_phase phase, uint32_t item,
                     float *workspace) {
  uint32_t first, last;
  coin_fit_grid *grid = grid_of(m, item, &first, &last);
  // What is tried at a level changes no finer latents, and the rate there and of the two levels
  // below.
  int trying = m->tried_level != COIN_FIT_NO_LEVEL, is_above = grid->level > m->tried_level;
  if (trying && phase == COIN_FIT_SOFTEN && grid->level < m->tried_level) return;
  if (trying && phase != COIN_FIT_SOFTEN && (is_above || grid->level + 2 < m->tried_level)) return;
  if (phase == COIN_FIT_SOFTEN) {
    coin_fit_soften(variant, &grid->y, &grid->values, &grid->slope, first, last,
                    softness[grid->level] * m->temperature, m->sigma,
                    m->seed + (grid->level * COIN_FIT_GROUPS + grid->group) * 0x5851F42Du);
  } else if (phase == COIN_FIT_STEP) {
    coin_fit_pins pins = coin_fit_pins_at(m, grid->level);
    coin_fit_step(variant, &m->adam, &grid->y, &grid->slope, &grid->mean, &grid->variance,
                  grid->step_gradients, grid->gradient_count, &pins, first, last);
  } else {
    uint32_t odd = first / COIN_FIT_BAND % 2;
    if (odd != (phase == COIN_FIT_RATE_ODD)) return;
    m->bits[item] = coin_fit_rate(variant, &m->shape, m->parameters, m->transposed, &grid->values,
                                  &grid->gradients[0], trying ? &grid->mean : NULL, grid->contexts,
                                  first, last, sample(m, &grid->values),
                                  m->with_gradient ? slot(m, item) : NULL, workspace);
  }
}

static void compare(coin_variant variant, coin_fit_model *m, uint32_t band, uint32_t first,
                    uint32_t last) {
  const int by_scales = m->config.scales > 0;
  float *gradient = m->with_gradient && !by_scales ? slot(m, m->rate_items + band) : NULL;
  m->squares[band] = coin_fit_compare(
      variant, &m->shape, m->parameters, m->residual, m->target, m->has_weight ? &m->weight : NULL,
      0, m->low, m->high, m->scale, m->error, by_scales, first, last, sample(m, m->error), gradient);
  if (by_scales)
    m->color[band] = coin_fit_split_luma(variant, &m->similarity, m->error, m->config.channels,
                                         &m->scales[0].error, first, last);
}

static void run_band(coin_variant variant, coin_fit_model *m, coin_fit_phase phase, uint32_t band,
                     float *workspace) {
  uint32_t first = band * COIN_FIT_BAND, height = m->config.height;
  uint32_t last = first + COIN_FIT_BAND < height ? first + COIN_FIT_BAND : height;
  if (phase == COIN_FIT_SYNTHESIZE)
    coin_fit_synthesize(variant, &m->shape, m->parameters, m->transposed, m->inputs, m->residual,
                        first, last, workspace);
  else if (phase == COIN_FIT_COMPARE)
    compare(variant, m, band, first, last);
  else if (phase == COIN_FIT_JOIN)
    coin_fit_join_luma(variant, &m->shape, &m->similarity, m->residual, m->error, m->target,
                       m->low, m->high, &m->scales[0].error, &m->scales[0].gradient,
                       m->config.scales > 1 ? &m->scales[1].gradient : NULL,
                       m->has_weight ? &m->weight : NULL, m->scale, first, last,
                       sample(m, m->error), slot(m, m->rate_items + band));
  else
    coin_fit_synthesis_gradient(variant, &m->shape, m->parameters, m->transposed, m->inputs,
                                m->error, first, last, sample(m, m->error),
                                slot(m, m->rate_items + m->band_count + band), workspace);
}

void coin_fit_run(coin_variant variant, coin_fit_model *m, coin_fit_phase phase, uint32_t item,
                  float *workspace) {
  switch (phase) {
    case COIN_FIT_SOFTEN: case COIN_FIT_STEP: case COIN_FIT_RATE_EVEN: case COIN_FIT_RATE_ODD:
      run_grid(variant, m, phase, item, workspace);
      break;
    case COIN_FIT_UPSAMPLE:
      upsample_chain(variant, m, &m->chains[item], workspace);
      break;
    case COIN_FIT_UPSAMPLE_GRADIENT:
      chain_gradient(variant, m, &m->chains[item],
                     slot(m, m->rate_items + 2 * m->band_count + item), workspace);
      break;
    case COIN_FIT_SYNTHESIZE: case COIN_FIT_COMPARE: case COIN_FIT_JOIN:
      run_band(variant, m, phase, item, workspace);
      break;
    case COIN_FIT_SYNTHESIS_EVEN: run_band(variant, m, phase, 2 * item, workspace); break;
    case COIN_FIT_SYNTHESIS_ODD: run_band(variant, m, phase, 2 * item + 1, workspace); break;
    case COIN_FIT_BORDER: coin_plane_replicate(&m->residual[item]); break;
    case COIN_FIT_HALVE: coin_fit_halve(m); break;
    case COIN_FIT_SIMILARITY: coin_fit_similarity(variant, m, item, workspace); break;
    case COIN_FIT_EXPAND: coin_fit_expand(m); break;
    case COIN_FIT_REDUCE: reduce(m); break;
    default: break;
  }
}

double coin_fit_total_bits(const coin_fit_model *m) {
  double sum = 0;
  for (uint32_t k = 0; k < m->rate_items; k++) sum += m->bits[k];
  return sum;
}

double coin_fit_total_squares(const coin_fit_model *m) {
  double sum = 0;
  for (uint32_t k = 0; k < m->band_count; k++) sum += m->squares[k];
  return sum;
}
