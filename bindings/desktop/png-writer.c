// PNG of stored blocks (ISO/IEC 15948, RFC 1950, RFC 1951): thumbnails are small, and read
// once.

#include "png-writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
  for (size_t k = 0; k < count; k++) {
    crc ^= bytes[k];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return crc;
}

static void put32(uint8_t *to, uint32_t value) {
  for (int k = 0; k < 4; k++) to[k] = (uint8_t)(value >> (24 - 8 * k));
}

static void write_chunk(FILE *file, const char *type, const uint8_t *data, uint32_t count) {
  uint8_t number[4];
  put32(number, count);
  fwrite(number, 1, 4, file);
  fwrite(type, 1, 4, file);
  if (count > 0) fwrite(data, 1, count, file);
  put32(number, ~crc32(crc32(0xFFFFFFFF, (const uint8_t *)type, 4), data, count));
  fwrite(number, 1, 4, file);
}

/// The zlib stream of rows with filter 0, in stored blocks of at most 65535 bytes.
static uint8_t *store(uint32_t width, uint32_t height, const uint8_t *rgba, size_t *count) {
  size_t row = (size_t)width * 4, raw = (row + 1) * height, blocks = raw / 65535 + 1;
  uint8_t *out = malloc(raw + 5 * blocks + 6);
  if (!out) return NULL;
  uint8_t *to = out;
  uint32_t a = 1, b = 0;
  *to++ = 0x78;
  *to++ = 0x01;
  for (size_t k = 0; k < raw; k++) {
    if (k % 65535 == 0) {
      size_t left = raw - k, size = left < 65535 ? left : 65535;
      *to++ = left <= 65535;
      *to++ = (uint8_t)size;
      *to++ = (uint8_t)(size >> 8);
      *to++ = (uint8_t)~size;
      *to++ = (uint8_t)(~size >> 8);
    }
    size_t y = k / (row + 1), x = k % (row + 1);
    uint8_t byte = x == 0 ? 0 : rgba[y * row + x - 1];
    *to++ = byte;
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  put32(to, b << 16 | a);
  *count = (size_t)(to + 4 - out);
  return out;
}

int write_png(const char *path, uint32_t width, uint32_t height, const uint8_t *rgba) {
  size_t count;
  uint8_t *data = store(width, height, rgba, &count);
  FILE *file = data ? fopen(path, "wb") : NULL;
  if (!file) {
    free(data);
    return 0;
  }
  uint8_t header[13] = {[8] = 8, [9] = 6};
  put32(header, width);
  put32(header + 4, height);
  fwrite("\x89PNG\r\n\x1a\n", 1, 8, file);
  write_chunk(file, "IHDR", header, sizeof header);
  write_chunk(file, "IDAT", data, (uint32_t)count);
  write_chunk(file, "IEND", NULL, 0);
  free(data);
  int is_written = !ferror(file);
  return fclose(file) == 0 && is_written;
}
