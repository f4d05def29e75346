// Blocks of a picture from latents: planes, upsampling, synthesis (latents §8).

#include "internal.h"

/// M of the sums, by level: about 64 * 1.4^-l.
static const int32_t factors[COIN_LATENT_MAX_LEVELS] = {64, 46, 33, 23, 17, 12, 9, 6, 4, 3};

/// What is computed, and from what.
typedef struct {
  coin_decoder_window *window;
  uint32_t octave;
  rectangle parts[COIN_LATENT_MAX_LEVELS];  // from the octave on
} work;

static coin_latent_plane plane_at(const work *w, uint32_t level, uint32_t index) {
  const rectangle *part = &w->parts[level - w->octave];
  ptrdiff_t stride = BLOCK_WIDTH + 4 + COIN_LATENT_PAD;
  return (coin_latent_plane){
      .samples = w->window->planes + (ptrdiff_t)index * stride * (BLOCK_HEIGHT + 4),
      .stride = stride,
      .left = (int32_t)part->columns.first,
      .top = (int32_t)part->rows.first,
      .width = (int32_t)(part->columns.end - part->columns.first),
      .height = (int32_t)(part->rows.end - part->rows.first)};
}

/// The plane of a level: input `input` itself at the octave, else scratch memory.
static coin_latent_plane level_plane(const work *w, uint32_t level, uint32_t input) {
  uint32_t inputs = w->window->decoder->latents.inputs;
  return plane_at(w, level, level == w->octave ? input : inputs + level % 2);
}

/// Adds the latents of all tiles that a plane meets.
static void add_latents(const work *w, uint32_t group, uint32_t level, int32_t factor,
                        const coin_latent_plane *plane) {
  const coin_decoder *d = w->window->decoder;
  rectangle tiles = tiles_in(d, w->parts[level - w->octave], level);
  for (uint32_t row = tiles.rows.first; row < tiles.rows.end; row++)
    for (uint32_t column = tiles.columns.first; column < tiles.columns.end; column++) {
      coin_latent_grid grid = tile_grid(w->window, column, row, group, level);
      coin_latent_plane_add(w->window->variant, plane, &grid,
                            (int32_t)(axis_boundary(&d->horizontal, column) >> level),
                            (int32_t)(axis_boundary(&d->vertical, row) >> level), factor);
    }
}

/// The taps of a group's stages, from the finest on.
static const int32_t (*taps_of(const work *w, uint32_t group))[4] {
  return w->window->decoder->networks.taps[group == 0 ? 0 : group == 3 ? 2 : 1];
}

static void upsample(const work *w, uint32_t group, uint32_t level,
                     const coin_latent_plane *from, const coin_latent_plane *to) {
  coin_latent_upsample(w->window->variant, from, to, taps_of(w, group)[level], w->window->line);
}

/// Makes up for the stages that the octave leaves out.
static void scale(const work *w, uint32_t group, const coin_latent_plane *plane) {
  if (w->octave == 0) return;
  int32_t factor = coin_latent_octave_factor(taps_of(w, group)[0], w->octave);
  coin_latent_plane_scale(plane, factor);
}

/// Doubles the latents of a luma level alone until they are at the octave.
static void fill_luma(const work *w, uint32_t level, uint32_t input) {
  coin_latent_plane current = plane_at(w, w->octave, input);
  if (level < w->octave) {
    coin_latent_plane_clear(&current);
    return;
  }
  current = level_plane(w, level, input);
  coin_latent_plane_clear(&current);
  add_latents(w, 0, level, 64, &current);
  while (level-- > w->octave) {
    coin_latent_plane next = level_plane(w, level, input);
    upsample(w, 0, level, &current, &next);
    current = next;
  }
  scale(w, 0, &current);
}

/// Sums the levels of another group, each weighed, while they are doubled.
static void fill_sum(const work *w, uint32_t group, uint32_t input) {
  const latents *l = &w->window->decoder->latents;
  coin_latent_plane current = {0};
  for (uint32_t level = l->levels; level-- > w->octave;) {
    coin_latent_plane next = level_plane(w, level, input);
    if (level == l->levels - 1)
      coin_latent_plane_clear(&next);
    else
      upsample(w, group, level, &current, &next);
    if (level >= l->first[group]) add_latents(w, group, level, factors[level], &next);
    current = next;
  }
  scale(w, group, &current);
}

void latents_block(coin_decoder_window *window, const rectangle *block, uint32_t octave) {
  const coin_decoder *d = window->decoder;
  const latents *l = &d->latents;
  work w = {.window = window, .octave = octave};
  coin_latent_plane planes[COIN_LATENT_MAX_PLANES];
  uint32_t inputs = 0;
  level_parts(&d->info, l->levels, octave, *block, w.parts);
  for (uint32_t level = l->first[0]; level < l->levels; level++) fill_luma(&w, level, inputs++);
  for (uint32_t group = 1; group < 4; group++)
    if (l->first[group] < l->levels) fill_sum(&w, group, inputs++);
  for (uint32_t k = 0; k < inputs; k++) planes[k] = plane_at(&w, octave, k);
  coin_latent_block part = {.left = (int32_t)block->columns.first,
                            .top = (int32_t)block->rows.first,
                            .width = (int32_t)(block->columns.end - block->columns.first),
                            .height = (int32_t)(block->rows.end - block->rows.first),
                            .picture_width = (int32_t)scaled(d->info.width, octave),
                            .picture_height = (int32_t)scaled(d->info.height, octave)};
  size_t row_bytes = (size_t)part.width * d->info.channels * (d->info.bit_depth / 8);
  coin_latent_synthesize(window->variant, &d->networks.synthesis, planes, &part,
                         window->samples, row_bytes, window->synthesis_memory);
}
