// The range coder (§5): asymmetric numeral systems after Duda (2013), 32-bit states that take
// bytes, ranges of 16 bits.

#include "latents-internal.h"

coin_latent_status coin_latent_reader_begin(coin_latent_reader *reader, const uint8_t *bytes,
                                            size_t count, uint32_t state_count) {
  *reader = (coin_latent_reader){.bytes = bytes, .count = count, .state_count = state_count};
  for (uint32_t s = 0; s < state_count; s++) {
    uint32_t x = 0;
    for (int k = 0; k < 4; k++) {
      if (reader->position == count) return COIN_LATENT_TRUNCATED;
      x = x << 8 | bytes[reader->position++];
    }
    if (x < COIN_STATE_LOW || x >> 31) return COIN_LATENT_BAD_STATE;
    reader->states[s] = x;
  }
  return COIN_LATENT_OK;
}

coin_latent_status coin_latent_reader_end(const coin_latent_reader *reader) {
  for (uint32_t s = 0; s < reader->state_count; s++)
    if (reader->states[s] != COIN_STATE_LOW) return COIN_LATENT_BAD_STATE;
  return COIN_LATENT_OK;
}

static coin_latent_status read_uniform(coin_latent_reader *reader, uint32_t *state,
                                       uint32_t bits, uint32_t *value) {
  uint32_t x = *state, slot = x & 0xFFFF;
  *value = slot >> (16 - bits);
  *state = ((x >> 16) << (16 - bits)) + (slot & ((UINT32_C(1) << (16 - bits)) - 1));
  return coin_refill(reader, state);
}

coin_latent_status coin_latent_read_uniform(coin_latent_reader *reader, uint32_t bits,
                                            uint32_t *value) {
  return read_uniform(reader, &reader->states[0], bits, value);
}

coin_latent_status coin_read_escape(coin_latent_reader *reader, uint32_t *state, int32_t *e) {
  uint32_t bits, rest = 0;
  coin_latent_status status = read_uniform(reader, state, 4, &bits);
  if (!status && bits > 0) status = read_uniform(reader, state, bits, &rest);
  if (!status) *e = (int32_t)((UINT32_C(1) << bits) + rest) - 1;
  return status;
}

coin_latent_status coin_read_value(coin_latent_reader *reader, const coin_latent_tables *tables,
                                   int32_t mean, uint32_t scale, uint32_t *state,
                                   int32_t *value) {
  int32_t nearest = coin_nearest(mean), escape = tables->rows[scale].escape, e = 0;
  int32_t j =
      (int32_t)coin_take_symbol(tables, scale, mean - 16 * nearest, state) - escape;
  coin_latent_status status = coin_refill(reader, state);
  if (!status && (j == escape || j == -escape)) status = coin_read_escape(reader, state, &e);
  *value = nearest + j + (j < 0 ? -e : e);
  return status;
}

coin_latent_status coin_latent_read(coin_latent_reader *reader,
                                    const coin_latent_tables *tables, uint32_t scale,
                                    int32_t *value) {
  return coin_read_value(reader, tables, 0, scale, &reader->states[0], value);
}

void coin_latent_writer_begin(coin_latent_writer *writer, uint8_t *bytes, size_t count,
                              uint32_t state_count) {
  *writer = (coin_latent_writer){.bytes = bytes, .position = count, .state_count = state_count};
  for (uint32_t s = 0; s < state_count; s++) writer->states[s] = COIN_STATE_LOW;
}

static coin_latent_status write_byte(coin_latent_writer *writer, uint32_t byte) {
  if (writer->position == 0) return COIN_LATENT_FULL;
  writer->bytes[--writer->position] = (uint8_t)byte;
  return COIN_LATENT_OK;
}

coin_latent_status coin_latent_writer_end(coin_latent_writer *writer) {
  coin_latent_status status = COIN_LATENT_OK;
  for (uint32_t s = writer->state_count; s-- > 0;)
    for (int k = 0; k < 4 && !status; k++)
      status = write_byte(writer, writer->states[s] >> 8 * k);
  return status;
}

static coin_latent_status write_range(coin_latent_writer *writer, uint32_t *state,
                                      uint32_t start, uint32_t frequency) {
  uint32_t x = *state;
  coin_latent_status status = COIN_LATENT_OK;
  for (; x >= frequency << 15 && !status; x >>= 8) status = write_byte(writer, x);
  *state = ((x / frequency) << 16) + x % frequency + start;
  return status;
}

static coin_latent_status write_uniform(coin_latent_writer *writer, uint32_t *state,
                                        uint32_t bits, uint32_t value) {
  if (bits == 0) return COIN_LATENT_OK;
  return write_range(writer, state, value << (16 - bits), UINT32_C(1) << (16 - bits));
}

coin_latent_status coin_latent_write_uniform(coin_latent_writer *writer, uint32_t bits,
                                             uint32_t value) {
  return write_uniform(writer, &writer->states[0], bits, value);
}

/// The number of bits below the leading one.
static uint32_t bit_length(uint32_t x) { return 31 - (uint32_t)__builtin_clz(x); }

coin_latent_status coin_write_value(coin_latent_writer *writer,
                                    const coin_latent_tables *tables, int32_t mean,
                                    uint32_t scale, uint32_t *state, int32_t value) {
  int32_t nearest = coin_nearest(mean), escape = tables->rows[scale].escape;
  int32_t j = value - nearest, magnitude = j < 0 ? -j : j;
  coin_latent_status status = COIN_LATENT_OK;
  if (magnitude >= escape) {  // what is read last is written first
    uint32_t code = (uint32_t)(magnitude - escape) + 1, bits = bit_length(code);
    status = write_uniform(writer, state, bits, code - (UINT32_C(1) << bits));
    if (!status) status = write_uniform(writer, state, 4, bits);
    j = j < 0 ? -escape : escape;
  }
  const uint16_t *row = coin_boundaries(tables, scale, mean - 16 * nearest) + (j + escape);
  return status ? status : write_range(writer, state, row[0], (uint16_t)(row[1] - row[0]));
}

coin_latent_status coin_latent_write(coin_latent_writer *writer,
                                     const coin_latent_tables *tables, uint32_t scale,
                                     int32_t value) {
  return coin_write_value(writer, tables, 0, scale, &writer->states[0], value);
}

// Three ranges of 16 bits at the most.
size_t coin_latent_bound(size_t count) { return 6 * count; }

/// Writes the latents of a time step, last lane first.
static coin_latent_status encode_step(const coin_latent_tables *tables,
                                      const coin_latent_grid *own, const int16_t *mean,
                                      const uint8_t *scale, size_t top, size_t rows, size_t t,
                                      coin_latent_writer *writer) {
  coin_latent_status status = COIN_LATENT_OK;
  for (size_t r = rows; r-- > 0 && !status;) {
    size_t x = t - COIN_SKEW * r, y = top + r;  // wraps round below 0
    if (x >= own->width) continue;
    size_t p = y * own->width + x;
    uint32_t *state = &writer->states[r & (writer->state_count - 1)];
    status = coin_write_value(writer, tables, mean[p], scale[p], state,
                              own->values[y * own->stride + x]);
  }
  return status;
}

coin_latent_status coin_latent_encode(const coin_latent_tables *tables,
                                      const coin_latent_grid *own, const int16_t *mean,
                                      const uint8_t *scale, coin_latent_writer *writer) {
  coin_latent_status status = COIN_LATENT_OK;
  for (size_t strip = (own->height + COIN_STRIP - 1) / COIN_STRIP; strip-- > 0;) {
    size_t top = strip * COIN_STRIP, rows = own->height - top;
    if (rows > COIN_STRIP) rows = COIN_STRIP;
    for (size_t t = own->width + COIN_SKEW * (rows - 1); t-- > 0 && !status;)
      status = encode_step(tables, own, mean, scale, top, rows, t, writer);
  }
  return status;
}

uint64_t coin_latent_cost(const coin_latent_tables *tables, const uint32_t *cost,
                          const int16_t *values, const int16_t *mean, const uint8_t *scale,
                          size_t count, uint32_t *each) {
  uint64_t sum = 0;
  for (size_t p = 0; p < count; p++) {
    int32_t nearest = coin_nearest(mean[p]), escape = tables->rows[scale[p]].escape;
    int32_t j = values[p] - nearest, magnitude = j < 0 ? -j : j;
    uint32_t bits = 0;
    if (magnitude >= escape) {
      bits = 4 + bit_length((uint32_t)(magnitude - escape) + 1);
      j = j < 0 ? -escape : escape;
    }
    const uint16_t *row =
        coin_boundaries(tables, scale[p], mean[p] - 16 * nearest) + (j + escape);
    bits = (bits << 16) + cost[(uint16_t)(row[1] - row[0])];
    if (each) each[p] = bits;
    sum += bits;
  }
  return sum;
}
