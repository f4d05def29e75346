// Reading of fields (§3).

#include "internal.h"

int skip(cursor *c, size_t count) {
  if (count > c->count - c->position)
    return fail(&c->error, COIN_DECODER_TRUNCATED, place(c), NULL);
  c->position += count;
  return 1;
}

static int read_little_endian(cursor *c, int bytes, uint32_t *value) {
  size_t start = c->position;
  if (!skip(c, (size_t)bytes)) return 0;
  uint32_t x = 0;
  for (int k = bytes; k-- > 0;) x = x << 8 | c->bytes[start + (size_t)k];
  *value = x;
  return 1;
}

int read_u8(cursor *c, uint32_t *value) { return read_little_endian(c, 1, value); }
int read_u16(cursor *c, uint32_t *value) { return read_little_endian(c, 2, value); }
int read_u32(cursor *c, uint32_t *value) { return read_little_endian(c, 4, value); }

int read_byte(cursor *c, const char *field, uint32_t lowest, uint32_t highest,
              uint32_t *value) {
  uint64_t start = place(c);
  if (!read_u8(c, value)) return 0;
  if (*value < lowest || *value > highest)
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, field);
  return 1;
}

int read_varint(cursor *c, const char *field, uint32_t lowest, uint32_t highest,
                uint32_t *value) {
  uint64_t start = place(c), x = 0;
  for (int k = 0; k < 5; k++) {
    uint32_t byte;
    if (!read_u8(c, &byte)) return 0;
    x |= (uint64_t)(byte & 0x7F) << 7 * k;
    if (byte & 0x80) continue;
    if ((byte == 0 && k > 0) || x < lowest || x > highest) break;
    *value = (uint32_t)x;
    return 1;
  }
  return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, field);
}

int finish_payload(cursor *c, uint64_t box_offset, int ok, failure *error) {
  // The stream goes on where a payload ends early; it is the box that is too short.
  if (ok ? c->position < c->count : c->error.status == COIN_DECODER_TRUNCATED)
    return fail(error, COIN_DECODER_WRONG_LENGTH, box_offset, NULL);
  if (!ok) *error = c->error;
  return ok;
}
