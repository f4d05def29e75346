// The public functions.

#include <string.h>

#include "internal.h"

/// Bytes of the smallest `TILE` box: a header that promises more tiles than the stream can hold
/// does not get memory for them.
enum { SMALLEST_TILE = 10 };

static uint64_t tile_capacity(const coin_decoder_info *info, size_t count) {
  return least((uint64_t)info->tile_columns * info->tile_rows, count / SMALLEST_TILE);
}

static uint64_t memory_of(const coin_decoder *d) {
  arena a = {0};
  take(&a, sizeof(coin_decoder));
  take(&a, tile_capacity(&d->info, d->count) * sizeof(tile_entry));
  if (d->info.kind == COIN_DECODER_LATENTS) take(&a, coin_latent_tables_size());
  return a.used + 15;
}

coin_decoder_error coin_decoder_probe(const uint8_t *bytes, size_t count,
                                      coin_decoder_info *info) {
  failure error = {0};
  uint64_t end;
  coin_decoder d = {.bytes = bytes, .count = count};
  *info = (coin_decoder_info){0};
  if (!parse_head(&d, &end, &error)) return error;
  d.info.memory = memory_of(&d);
  *info = d.info;
  return error;
}

coin_decoder_error coin_decoder_open(const uint8_t *bytes, size_t count, void *memory,
                                     uint64_t memory_size, coin_decoder **decoder) {
  failure error = {0};
  uint64_t end;
  *decoder = NULL;
  arena a = {.memory = memory, .size = memory_size};
  coin_decoder *d = take(&a, sizeof *d);
  if (!d) return fail(&error, COIN_DECODER_SMALL_MEMORY, 0, "memory"), error;
  memset(d, 0, sizeof *d);
  d->bytes = bytes;
  d->count = count;
  if (!parse_head(d, &end, &error)) return error;
  d->info.memory = memory_of(d);
  uint64_t capacity = tile_capacity(&d->info, count);
  d->tiles = take(&a, capacity * sizeof *d->tiles);
  if (d->info.kind == COIN_DECODER_LATENTS) {
    void *tables = take(&a, coin_latent_tables_size());
    if (tables) d->tables = coin_latent_tables_fill(tables);
  }
  if (a.used > memory_size) return fail(&error, COIN_DECODER_SMALL_MEMORY, 0, "memory"), error;
  if (parse_boxes(d, end, capacity, &error)) *decoder = d;
  return error;
}

const coin_decoder_info *coin_decoder_get_info(const coin_decoder *decoder) {
  return &decoder->info;
}

const uint8_t *coin_decoder_metadata(const coin_decoder *decoder, coin_decoder_block kind,
                                     size_t *count) {
  const block *b = &decoder->metadata[kind];
  *count = b->is_there ? (size_t)b->count : 0;
  return b->is_there ? decoder->bytes + b->start : NULL;
}

int coin_decoder_get_resolution(const coin_decoder *decoder,
                                coin_decoder_resolution *resolution) {
  *resolution = decoder->resolution;
  return decoder->resolution.horizontal > 0;
}

coin_decoder_region coin_decoder_octave(const coin_decoder_info *info, uint32_t octave) {
  uint32_t n = octave < info->octave_count ? octave : info->octave_count - 1;
  uint32_t width = scaled(info->width, n), height = scaled(info->height, n);
  return (coin_decoder_region){width, height, 0, 0, width, height};
}

int region_octave(const coin_decoder_info *info, const coin_decoder_region *region) {
  for (uint32_t n = 0; n < info->octave_count; n++)
    if (scaled(info->width, n) == region->picture_width &&
        scaled(info->height, n) == region->picture_height)
      return (int)n;
  return -1;
}

size_t coin_decoder_pixel_bytes(const coin_decoder_info *info, coin_decoder_format format) {
  return format == COIN_DECODER_RGBA8 ? 4 : info->channels * (info->bit_depth / 8);
}

/// Accepts a region that the picture has, of a size that can be decoded.
static int check_region(const coin_decoder *d, const coin_decoder_region *r, failure *error) {
  if (d->info.pixels.status) return *error = d->info.pixels, 0;
  if (r->picture_width < 1 || r->picture_width > MAX_DIMENSION || r->picture_height < 1 ||
      r->picture_height > MAX_DIMENSION)
    return fail(error, COIN_DECODER_BAD_ARGUMENT, 0, "the picture's size");
  if (d->info.kind == COIN_DECODER_LATENTS && region_octave(&d->info, r) < 0)
    return fail(error, COIN_DECODER_BAD_ARGUMENT, 0, "the picture's size");
  if (r->width < 1 || r->height < 1 || r->x >= r->picture_width || r->y >= r->picture_height ||
      r->width > r->picture_width - r->x || r->height > r->picture_height - r->y)
    return fail(error, COIN_DECODER_BAD_ARGUMENT, 0, "the region");
  return 1;
}

/// Hands out a window's memory; `w` is NULL if it is only counted.
static void take_window(const coin_decoder *d, const coin_decoder_region *region, arena *a,
                        coin_decoder_window *w) {
  uint8_t *samples = take(a, 8 * BLOCK_WIDTH * BLOCK_HEIGHT);
  if (w) w->samples = samples;
  if (d->info.kind == COIN_DECODER_LATENTS)
    latents_window(d, region, a, w);
  else
    siren_window(d, a, w);
}

coin_decoder_error coin_decoder_window_size(const coin_decoder *decoder,
                                            const coin_decoder_region *region, uint64_t *size) {
  failure error = {0};
  arena a = {0};
  *size = 0;
  if (!check_region(decoder, region, &error)) return error;
  take(&a, sizeof(coin_decoder_window));
  take_window(decoder, region, &a, NULL);
  *size = a.used + 15;
  return error;
}

coin_decoder_error coin_decoder_window_begin(const coin_decoder *decoder,
                                             const coin_decoder_region *region, void *memory,
                                             uint64_t memory_size,
                                             coin_decoder_window **window) {
  failure error = {0};
  arena a = {.memory = memory, .size = memory_size};
  *window = NULL;
  uint64_t needed;
  error = coin_decoder_window_size(decoder, region, &needed);
  if (error.status) return error;
  if (memory_size < needed) return fail(&error, COIN_DECODER_SMALL_MEMORY, 0, "memory"), error;
  coin_decoder_window *w = take(&a, sizeof *w);
  memset(w, 0, sizeof *w);
  w->decoder = decoder;
  w->region = *region;
  w->variant = coin_variant_best();
  take_window(decoder, region, &a, w);
  *window = w;
  return error;
}

/// Accepts a region for which a window has memory.
static int check_window(const coin_decoder_window *w, const coin_decoder_region *r,
                        failure *error) {
  if (!check_region(w->decoder, r, error)) return 0;
  if (w->decoder->info.kind == COIN_DECODER_SIREN) return 1;
  // Samples of a coarser octave cover those of the window's; all that one touches must be
  // there.
  uint32_t octave = (uint32_t)region_octave(&w->decoder->info, r);
  if (octave < w->octave)
    return fail(error, COIN_DECODER_BAD_ARGUMENT, 0, "the picture's size");
  uint32_t shift = octave - w->octave;
  const coin_decoder_region *all = &w->region;
  if (r->x < all->x >> shift || r->y < all->y >> shift ||
      r->x + r->width > scaled(all->x + all->width, shift) ||
      r->y + r->height > scaled(all->y + all->height, shift))
    return fail(error, COIN_DECODER_BAD_ARGUMENT, 0, "the region");
  return 1;
}

static uint32_t sample_at(const uint8_t *from, int is_16_bit) {
  if (!is_16_bit) return *from;
  uint16_t sample;
  memcpy(&sample, from, sizeof sample);
  return (sample * UINT32_C(255) + 32767) / 65535;
}

/// Converts a row of samples to RGBA of 8 bits.
static void convert_row(const coin_decoder_info *info, const uint8_t *from, size_t width,
                        uint8_t *to) {
  uint32_t channels = info->channels;
  int is_16_bit = info->bit_depth == 16, is_color = channels > 2;
  size_t bytes = is_16_bit ? 2 : 1;
  for (size_t p = 0; p < width; p++, from += channels * bytes, to += 4) {
    for (uint32_t c = 0; c < 3; c++)
      to[c] = (uint8_t)sample_at(from + (is_color ? c * bytes : 0), is_16_bit);
    to[3] = channels % 2 ? 255 : (uint8_t)sample_at(from + (channels - 1) * bytes, is_16_bit);
  }
}

/// Copies a block to where the caller wants it.
static void deliver(const coin_decoder_window *w, const rectangle *block,
                    coin_decoder_format format, uint8_t *to, ptrdiff_t stride) {
  const coin_decoder_info *info = &w->decoder->info;
  size_t width = block->columns.end - block->columns.first;
  size_t row_bytes = width * info->channels * (info->bit_depth / 8);
  for (size_t y = 0; y < block->rows.end - block->rows.first; y++) {
    const uint8_t *from = w->samples + y * row_bytes;
    if (format == COIN_DECODER_RGBA8)
      convert_row(info, from, width, to + (ptrdiff_t)y * stride);
    else
      memcpy(to + (ptrdiff_t)y * stride, from, row_bytes);
  }
}

coin_decoder_error coin_decoder_decode(coin_decoder_window *window,
                                       const coin_decoder_region *region,
                                       coin_decoder_format format, void *output,
                                       ptrdiff_t stride, coin_decoder_progress progress,
                                       void *user) {
  failure error = {0};
  if (!check_window(window, region, &error)) return error;
  if (format != COIN_DECODER_STORED && format != COIN_DECODER_RGBA8)
    return fail(&error, COIN_DECODER_BAD_ARGUMENT, 0, "the format"), error;
  const coin_decoder_info *info = &window->decoder->info;
  size_t pixel = coin_decoder_pixel_bytes(info, format);
  rectangle all = {{region->x, region->x + region->width},
                   {region->y, region->y + region->height}};
  uint64_t total = (uint64_t)region->width * region->height, done = 0;
  int is_latents = info->kind == COIN_DECODER_LATENTS;
  uint32_t octave = is_latents ? (uint32_t)region_octave(info, region) : 0;
  if (is_latents && !read_latents(window, &all, octave, progress, user, total, &error))
    return error;
  for (uint32_t y = all.rows.first; y < all.rows.end; y += BLOCK_HEIGHT)
    for (uint32_t x = all.columns.first; x < all.columns.end; x += BLOCK_WIDTH) {
      rectangle block = {{x, (uint32_t)least(x + BLOCK_WIDTH, all.columns.end)},
                         {y, (uint32_t)least(y + BLOCK_HEIGHT, all.rows.end)}};
      if (progress && progress(user, done, total))
        return fail(&error, COIN_DECODER_CANCELLED, 0, NULL), error;
      if (is_latents)
        latents_block(window, &block, octave);
      else
        siren_block(window, &block, region->picture_width, region->picture_height);
      uint8_t *to = (uint8_t *)output + (ptrdiff_t)(y - region->y) * stride +
                    (ptrdiff_t)((x - region->x) * pixel);
      deliver(window, &block, format, to, stride);
      done += (uint64_t)(block.columns.end - x) * (block.rows.end - y);
    }
  return error;
}
