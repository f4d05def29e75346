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
