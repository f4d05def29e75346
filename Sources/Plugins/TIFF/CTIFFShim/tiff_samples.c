// Packed samples to whole ones.
#include "tiff_shim.h"

// The sample of `bits` bits that starts at bit `position`; touches only bytes that hold it.
static inline uint16_t packed_sample(const uint8_t *row, uint64_t position, uint32_t bits) {
  const uint8_t *byte = row + (position >> 3);
  const uint32_t skip = position & 7;
  uint32_t window = (uint32_t)byte[0] << 16;
  if (skip + bits > 8) window |= (uint32_t)byte[1] << 8;
  if (skip + bits > 16) window |= byte[2];
  return (uint16_t)((window >> (24 - skip - bits)) & ((1u << bits) - 1));
}

static inline uint16_t sample_at(const tiff_shim_channel *source, uint64_t index) {
  if (source->bits == 8) return source->row[index];
  if (source->bits == 16) {
    uint16_t sample;
    __builtin_memcpy(&sample, source->row + 2 * index, sizeof sample);
    return sample;
  }
  return packed_sample(source->row, index * source->bits, source->bits);
}

void tiff_shim_spread(const tiff_shim_channel *source, void *output, size_t width) {
  const uint16_t *table = source->table;
  const uint64_t step = source->samples_per_pixel;
  if (source->output_byte_count == 1) {
    uint8_t *out = (uint8_t *)output + source->channel;
    for (size_t x = 0; x < width; x++, out += source->channel_count) {
      *out = (uint8_t)table[sample_at(source, x * step + source->sample)];
    }
  } else {
    uint16_t *out = (uint16_t *)output + source->channel;
    for (size_t x = 0; x < width; x++, out += source->channel_count) {
      *out = table[sample_at(source, x * step + source->sample)];
    }
  }
}
