#include <stdlib.h>
#include <zlib.h>

#include "CPNGShim.h"

size_t cpng_compressed_size(size_t count) {
  uLong size = (uLong)count;
  return size == count ? compressBound(size) : 0;
}

size_t cpng_compress(const uint8_t *bytes, size_t count, uint8_t *target, size_t capacity) {
  uLongf size = (uLongf)capacity;
  static const uint8_t nothing = 0;
  int status = compress2(target, &size, count > 0 ? bytes : &nothing, (uLong)count,
                         Z_BEST_COMPRESSION);
  return status == Z_OK ? size : 0;
}

// Takes what comes until the stream ends, growing by doubling; NULL if it does not end well.
static uint8_t *inflate_all(z_stream *stream, size_t limit, size_t *length) {
  size_t capacity = 1 << 14;
  uint8_t *bytes = malloc(capacity);
  while (bytes != NULL) {
    stream->next_out = bytes + stream->total_out;
    stream->avail_out = (uInt)(capacity - stream->total_out);
    int status = inflate(stream, Z_NO_FLUSH);
    *length = stream->total_out;
    if (status == Z_STREAM_END && *length <= limit) return bytes;
    if (status != Z_OK || stream->avail_out > 0 || capacity > limit) break;
    capacity *= 2;
    uint8_t *larger = realloc(bytes, capacity);
    if (larger == NULL) break;
    bytes = larger;
  }
  free(bytes);
  return NULL;
}

uint8_t *cpng_decompress(const uint8_t *bytes, size_t count, size_t limit, size_t *length) {
  z_stream stream = {.next_in = (z_const Bytef *)bytes, .avail_in = (uInt)count};
  if (stream.avail_in != count || limit > UINT32_MAX / 4) return NULL;
  if (inflateInit(&stream) != Z_OK) return NULL;
  uint8_t *result = inflate_all(&stream, limit, length);
  inflateEnd(&stream);
  return result;
}

void cpng_free(uint8_t *bytes) { free(bytes); }
