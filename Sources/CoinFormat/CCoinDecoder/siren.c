// SIREN: parameters (§6.1, §7.1) and the evaluation of blocks (§7.2 to §7.5).

#include <string.h>

#include "internal.h"

#pragma STDC FP_CONTRACT OFF

/// Rows of a block that are evaluated at a time.
enum { POINTS = BLOCK_WIDTH * BLOCK_HEIGHT };

/// The number of a binary16; all of them are numbers of binary32.
static float binary16(uint32_t bits) {
  uint32_t exponent = bits >> 10 & 31, fraction = bits & 0x3FF;
  if (exponent == 0) {
    float value = (float)fraction * 0x1p-24f;
    return bits & 0x8000 ? -value : value;
  }
  uint32_t pattern = (bits & 0x8000) << 16 | (exponent + 112) << 23 | fraction << 13;
  float value;
  memcpy(&value, &pattern, sizeof value);
  return value;
}

/// Reads a tensor: its packing, then numbers of 16 bits (§6.2).
static int read_values(cursor *c, size_t count, float scale, float *values) {
  uint64_t start = place(c);
  uint32_t packing, bits;
  if (!read_u8(c, &packing)) return 0;
  if (packing != 0) return fail(&c->error, COIN_DECODER_UNSUPPORTED_PACKING, start, NULL);
  for (size_t k = 0; k < count; k++) {
    start = place(c);
    if (!read_u16(c, &bits)) return 0;
    if ((bits & 0x7C00) == 0x7C00)
      return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, "a weight");
    if (values) values[k] = binary16(bits) * scale;
  }
  return 1;
}

int parse_weights(const coin_decoder *d, const tile_entry *tile, const siren *s,
                  float *parameters, cursor *c) {
  *c = (cursor){.bytes = d->bytes + tile->start,
                .base = tile->start,
                .count = (size_t)(tile->end - tile->start)};
  for (uint32_t l = 0; l < s->shape.layer_count; l++) {
    size_t inputs = s->shape.sizes[l], outputs = s->shape.sizes[l + 1];
    float scale = l == s->shape.layer_count - 1 ? 1 : l == 0 ? s->first_scale : s->hidden_scale;
    if (!read_values(c, inputs * outputs, scale, parameters)) return 0;
    if (parameters) parameters += inputs * outputs;
    if (!read_values(c, outputs, scale, parameters)) return 0;
    if (parameters) parameters += outputs;
  }
  return 1;
}

void siren_window(const coin_decoder *d, arena *a, coin_decoder_window *window) {
  coin_decoder_window ignored, *w = window ? window : &ignored;
  uint64_t channels = d->info.channels;
  w->parameters = take(a, 4 * d->parameter_count);
  w->transposed = take(a, 4 * d->parameter_count);
  w->workspace = take(a, 4 * d->workspace_floats);
  w->x = take(a, 4 * POINTS);
  w->y = take(a, 4 * POINTS);
  w->weights = take(a, 4 * BLOCK_WIDTH);
  w->part = take(a, 4 * POINTS * channels);
  w->row = take(a, 4 * POINTS * channels);
  w->all = take(a, 4 * POINTS * channels);
}

static float blend(float a, float b, float weight) { return __builtin_fmaf(weight, b - a, a); }

/// A block and how its samples lie in the picture.
typedef struct {
  coin_decoder_window *window;
  const rectangle *block;
  sample_axis horizontal, vertical;
} work;

/// Evaluates a tile's network at some of the block's samples, into `part`: `[channel][point]`.
static void evaluate(const work *w, uint32_t column, uint32_t row, range columns, range rows) {
  coin_decoder_window *window = w->window;
  const coin_decoder *d = window->decoder;
  const tile_entry *tile = &d->tiles[(uint64_t)row * d->info.tile_columns + column];
  siren s = siren_of(d, tile->architecture);
  cursor c;
  parse_weights(d, tile, &s, window->parameters, &c);
  coin_network_transpose(&s.shape, window->parameters, window->transposed);
  uint32_t width =
      axis_boundary(&d->horizontal, column + 1) - axis_boundary(&d->horizontal, column);
  uint32_t height = axis_boundary(&d->vertical, row + 1) - axis_boundary(&d->vertical, row);
  uint32_t scale = width > height ? width : height;
  size_t columns_count = columns.end - columns.first, points = 0;
  for (uint32_t i = rows.first; i < rows.end; i++) {
    float y = sample_coordinate(&w->vertical, i, row, scale);
    for (uint32_t j = 0; j < columns_count; j++, points++) {
      window->x[points] =
          i == rows.first ? sample_coordinate(&w->horizontal, columns.first + j, column, scale)
                          : window->x[j];
      window->y[points] = y;
    }
  }
  coin_network_evaluate(window->variant, &s.shape, window->transposed, window->x, window->y,
                        window->part, points, points, window->workspace);
}

/// Puts `part` into the row of tiles, blended with the tile to the left (§7.4).
static void place_part(const work *w, uint32_t column, range columns, range rows) {
  coin_decoder_window *window = w->window;
  range within = w->block->columns, before = {columns.first, columns.first};
  if (column > 0) before = tile_samples(&w->horizontal, column - 1, within);
  uint32_t shared_end = before.end < columns.end ? before.end : columns.end;
  uint32_t shared = column > 0 && shared_end > columns.first ? shared_end - columns.first : 0;
  for (uint32_t j = 0; j < shared; j++)
    window->weights[j] = sample_weight(&w->horizontal, columns.first + j, column);
  size_t count = columns.end - columns.first, points = count * (rows.end - rows.first);
  for (uint32_t c = 0; c < window->decoder->info.channels; c++)
    for (uint32_t i = rows.first; i < rows.end; i++) {
      const float *from = window->part + c * points + (i - rows.first) * count;
      float *to = window->row + c * POINTS + (i - w->block->rows.first) * BLOCK_WIDTH +
                  (columns.first - within.first);
      for (uint32_t j = 0; j < shared; j++) to[j] = blend(to[j], from[j], window->weights[j]);
      for (size_t j = shared; j < count; j++) to[j] = from[j];
    }
}

/// Puts the row of tiles into the block, blended with the row of tiles above.
static void place_row(const work *w, uint32_t row, range rows) {
  coin_decoder_window *window = w->window;
  range before = {0, 0};
  if (row > 0) before = tile_samples(&w->vertical, row - 1, w->block->rows);
  size_t width = w->block->columns.end - w->block->columns.first;
  for (uint32_t i = rows.first; i < rows.end; i++) {
    int is_shared = row > 0 && i < before.end;
    float weight = is_shared ? sample_weight(&w->vertical, i, row) : 1;
    for (uint32_t c = 0; c < window->decoder->info.channels; c++) {
      size_t start = c * POINTS + (size_t)(i - w->block->rows.first) * BLOCK_WIDTH;
      float *to = window->all + start;
      const float *from = window->row + start;
      for (size_t j = 0; j < width; j++)
        to[j] = is_shared ? blend(to[j], from[j], weight) : from[j];
    }
  }
}

/// Rounds to samples (§7.5), interleaved.
static void quantize(const work *w) {
  coin_decoder_window *window = w->window;
  uint32_t channels = window->decoder->info.channels;
  int is_16_bit = window->decoder->info.bit_depth == 16;
  float maximum = is_16_bit ? 65535 : 255;
  size_t width = w->block->columns.end - w->block->columns.first;
  size_t height = w->block->rows.end - w->block->rows.first;
  for (uint32_t c = 0; c < channels; c++)
    for (size_t i = 0; i < height; i++)
      for (size_t j = 0; j < width; j++) {
        float value = window->all[c * POINTS + i * BLOCK_WIDTH + j];
        float product = (value < 0 ? 0 : value > 1 ? 1 : value) * maximum;
        uint32_t sample = (uint32_t)(product + 0.5f);
        size_t at = (i * width + j) * channels + c;
        if (is_16_bit)
          ((uint16_t *)window->samples)[at] = (uint16_t)sample;
        else
          window->samples[at] = (uint8_t)sample;
      }
}

void siren_block(coin_decoder_window *window, const rectangle *block, uint32_t picture_width,
                 uint32_t picture_height) {
  const coin_decoder *d = window->decoder;
  work w = {window, block, {&d->horizontal, picture_width}, {&d->vertical, picture_height}};
  range tile_columns = tiles_of_samples(&w.horizontal, block->columns);
  range tile_rows = tiles_of_samples(&w.vertical, block->rows);
  for (uint32_t row = tile_rows.first; row < tile_rows.end; row++) {
    range rows = tile_samples(&w.vertical, row, block->rows);
    if (rows.first == rows.end) continue;
    for (uint32_t column = tile_columns.first; column < tile_columns.end; column++) {
      range columns = tile_samples(&w.horizontal, column, block->columns);
      if (columns.first == columns.end) continue;
      evaluate(&w, column, row, columns, rows);
      place_part(&w, column, columns, rows);
    }
    place_row(&w, row, rows);
  }
  quantize(&w);
}
