// The grid of tiles (§5.1) and where samples lie in it (§7.2).

#include "internal.h"

#pragma STDC FP_CONTRACT OFF

static uint32_t unit_count(const axis *a) { return scaled(a->length, a->alignment); }

uint32_t axis_boundary(const axis *a, uint32_t index) {
  uint64_t unit = (uint64_t)index * unit_count(a) / a->count;
  return (uint32_t)least(a->length, unit << a->alignment);
}

int axis_is_valid(const axis *a) {
  uint32_t units = unit_count(a);
  if (a->count < 1 || a->count > MAX_COUNT || a->count > units) return 0;
  if (a->count == 1) return 1;
  // All tiles but the last are one of two sizes; the last is cut off.
  uint64_t narrowest = (uint64_t)(units / a->count) << a->alignment;
  return 2 * (uint64_t)a->overlap <=
         least(narrowest, a->length - axis_boundary(a, a->count - 1));
}

uint32_t axis_tile(const axis *a, uint32_t pixel) {
  uint64_t unit = pixel >> a->alignment;
  return (uint32_t)(((unit + 1) * a->count - 1) / unit_count(a));
}

/// The place of a sample, in pixels.
static double sample_position(const sample_axis *a, uint32_t index) {
  uint64_t numerator = (2 * (uint64_t)index + 1) * a->tiles->length;
  return (double)numerator / (double)(2 * (uint64_t)a->count);
}

float sample_coordinate(const sample_axis *a, uint32_t index, uint32_t tile, uint32_t scale) {
  double center =
      (double)((uint64_t)axis_boundary(a->tiles, tile) + axis_boundary(a->tiles, tile + 1));
  return (float)((2 * sample_position(a, index) - center) / (double)scale);
}

float sample_weight(const sample_axis *a, uint32_t index, uint32_t tile) {
  double start = (double)axis_boundary(a->tiles, tile) - (double)a->tiles->overlap;
  double weight = (sample_position(a, index) - start) / (double)(2 * a->tiles->overlap);
  return (float)(weight < 0 ? 0 : weight > 1 ? 1 : weight);
}

/// The first sample that does not lie before `pixel`: (2 i + 1) length >= 2 count pixel.
static uint32_t first_sample(const sample_axis *a, int64_t pixel) {
  int64_t length = a->tiles->length, numerator = 2 * (int64_t)a->count * pixel - length;
  if (numerator <= 0) return 0;
  return (uint32_t)least_signed(a->count, (numerator + 2 * length - 1) / (2 * length));
}

range tile_samples(const sample_axis *a, uint32_t tile, range within) {
  int64_t overlap = a->tiles->overlap;
  int64_t start = tile == 0 ? 0 : axis_boundary(a->tiles, tile) - overlap;
  int64_t end = tile == a->tiles->count - 1 ? a->tiles->length
                                            : axis_boundary(a->tiles, tile + 1) + overlap;
  range samples = {first_sample(a, start), first_sample(a, end)};
  if (samples.first < within.first) samples.first = within.first;
  if (samples.end > within.end) samples.end = within.end;
  if (samples.end < samples.first) samples.end = samples.first;
  return samples;
}

/// The tile in which a sample lies, overlaps apart.
static uint32_t core_tile(const sample_axis *a, uint32_t index) {
  uint64_t pixel = (2 * (uint64_t)index + 1) * a->tiles->length / (2 * (uint64_t)a->count);
  return axis_tile(a->tiles, (uint32_t)pixel);
}

range tiles_of_samples(const sample_axis *a, range samples) {
  // Beside the tiles in which the samples lie, at most one more reaches over on each side.
  uint32_t first = core_tile(a, samples.first), last = core_tile(a, samples.end - 1);
  return (range){first > 0 ? first - 1 : 0, last + 1 < a->tiles->count ? last + 2 : last + 1};
}
