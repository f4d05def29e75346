// Packed samples to whole ones.
#include <string.h>

#include "CTIFFShim.h"

// The sample of `bits` bits that starts at bit `position`; touches only bytes that hold it.
static inline uint16_t packed_sample(const uint8_t *row, uint64_t position, uint32_t bits) {
  const uint8_t *byte = row + (position >> 3);
  const uint32_t skip = position & 7;
  uint32_t window = (uint32_t)byte[0] << 16;
  if (skip + bits > 8) window |= (uint32_t)byte[1] << 8;
  if (skip + bits > 16) window |= byte[2];
  return (uint16_t)((window >> (24 - skip - bits)) & ((1u << bits) - 1));
}

static inline uint16_t sample_at(const ctiff_channel *source, uint64_t index) {
  if (source->bits == 8) return source->row[index];
  if (source->bits == 16) {
    uint16_t sample;
    memcpy(&sample, source->row + 2 * index, sizeof sample);
    return sample;
  }
  return packed_sample(source->row, index * source->bits, source->bits);
}

// The same for up to 64 bits. libtiff brings 16, 24, 32 and 64 bits into host order.
static inline uint64_t wide_sample_at(const ctiff_channel *source, uint64_t index) {
  const uint32_t bits = source->bits;
  if (bits == 16 || bits == 24 || bits == 32 || bits == 64) {
    uint64_t sample = 0;
    const uint32_t size = bits / 8;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&sample, source->row + size * index, size);
#else
    memcpy((uint8_t *)&sample + 8 - size, source->row + size * index, size);
#endif
    return sample;
  }
  uint64_t sample = 0;
  for (uint64_t position = index * bits, end = position + bits; position < end;) {
    const uint32_t skip = position & 7;
    const uint32_t rest = 8 - skip;
    const uint32_t take = end - position < rest ? (uint32_t)(end - position) : rest;
    const uint32_t byte = source->row[position >> 3];
    sample = sample << take | ((byte >> (rest - take)) & ((1u << take) - 1));
    position += take;
  }
  return sample;
}

// A float of `exponent_bits` and `fraction_bits`, narrower than binary32, exactly.
static inline float narrow_float(uint32_t sample, int exponent_bits, int fraction_bits) {
  const uint32_t fraction = sample & ((1u << fraction_bits) - 1);
  const uint32_t exponent = (sample >> fraction_bits) & ((1u << exponent_bits) - 1);
  const uint32_t sign = (sample >> (fraction_bits + exponent_bits)) & 1;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  uint32_t bits;
  if (exponent == (1u << exponent_bits) - 1) {
    bits = 0xFFu << 23 | fraction << (23 - fraction_bits);
  } else if (exponent == 0) {
    // Subnormals are normal in binary32.
    const float scale = __builtin_ldexpf(1.0f, 1 - bias - fraction_bits);
    const float value = (float)fraction * scale;
    return sign ? -value : value;
  } else {
    bits = (exponent + 127 - (uint32_t)bias) << 23 | fraction << (23 - fraction_bits);
  }
  bits |= sign << 31;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline float float_sample(uint64_t sample, uint32_t bits) {
  if (bits == 16) return narrow_float((uint32_t)sample, 5, 10);
  if (bits == 24) return narrow_float((uint32_t)sample, 7, 16);
  if (bits == 32) {
    const uint32_t word = (uint32_t)sample;
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
  }
  double value;
  memcpy(&value, &sample, sizeof value);
  return (float)value;
}

static void spread_wide(const ctiff_channel *source, float *out, size_t width) {
  const uint32_t bits = source->bits;
  const uint64_t step = source->samples_per_pixel;
  const uint64_t maximum = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
  const uint64_t lowest = source->is_signed ? (maximum >> 1) + 1 : 0;
  out += source->channel;
  for (size_t x = 0; x < width; x++, out += source->channel_count) {
    const uint64_t sample = wide_sample_at(source, x * step + source->sample);
    const float value = source->is_float ? float_sample(sample, bits)
                                         : (float)((double)(sample ^ lowest) / (double)maximum);
    *out = source->is_inverted ? 1 - value : value;
  }
}

void ctiff_spread(const ctiff_channel *source, void *output, size_t width) {
  const uint16_t *table = source->table;
  const uint64_t step = source->samples_per_pixel;
  if (!table) {
    spread_wide(source, output, width);
  } else if (source->output_byte_count == 1) {
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
