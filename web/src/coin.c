// What the module exports: one stream a module instance, all memory from the caller.

#include "coin_decoder.h"

#define EXPORT(name) __attribute__((export_name(name)))

static coin_decoder_error last;
static coin_decoder_info info;
static coin_decoder *decoder;
static coin_decoder_window *window;

static uint32_t end(coin_decoder_error error) {
  last = error;
  return error.status;
}

/// Where memory starts that nobody uses.
extern unsigned char __heap_base;
EXPORT("coin_heap") const void *web_heap(void) { return &__heap_base; }

EXPORT("coin_error_status") uint32_t web_error_status(void) { return last.status; }
EXPORT("coin_error_offset") double web_error_offset(void) { return (double)last.offset; }
EXPORT("coin_error_what") const char *web_error_what(void) { return last.what; }

EXPORT("coin_probe") uint32_t web_probe(const uint8_t *bytes, uint32_t count) {
  return end(coin_decoder_probe(bytes, count, &info));
}

EXPORT("coin_open") uint32_t web_open(const uint8_t *bytes, uint32_t count, void *memory) {
  uint32_t status = end(coin_decoder_open(bytes, count, memory, info.memory, &decoder));
  if (!status) info = *coin_decoder_get_info(decoder);
  return status;
}

/// A field of what the header says, or of the density.
EXPORT("coin_info") double web_info(uint32_t field) {
  coin_decoder_resolution density = {0};
  if (decoder) coin_decoder_get_resolution(decoder, &density);
  switch (field) {
    case 0: return info.width;
    case 1: return info.height;
    case 2: return info.channels;
    case 3: return info.bit_depth;
    case 4: return info.orientation;
    case 5: return info.primaries;
    case 6: return info.transfer;
    case 7: return info.tile_columns;
    case 8: return info.tile_rows;
    case 9: return info.kind;
    case 10: return info.octave_count;
    case 11: return (double)info.multiply_adds;
    case 12: return (double)info.memory;
    case 13: return info.pixels.status;
    case 14: return density.unit;
    case 15: return density.horizontal;
    case 16: return density.vertical;
    default: return -1;
  }
}

EXPORT("coin_metadata") const uint8_t *web_metadata(uint32_t kind, size_t *count) {
  return coin_decoder_metadata(decoder, (coin_decoder_block)kind, count);
}

static coin_decoder_region region(uint32_t picture_width, uint32_t picture_height, uint32_t x,
                                  uint32_t y, uint32_t width, uint32_t height) {
  return (coin_decoder_region){picture_width, picture_height, x, y, width, height};
}

/// The bytes that a window needs, or -1 after an error.
EXPORT("coin_window_size")
double web_window_size(uint32_t picture_width, uint32_t picture_height, uint32_t x, uint32_t y,
                       uint32_t width, uint32_t height) {
  coin_decoder_region r = region(picture_width, picture_height, x, y, width, height);
  uint64_t size;
  return end(coin_decoder_window_size(decoder, &r, &size)) ? -1 : (double)size;
}

EXPORT("coin_window")
uint32_t web_window(uint32_t picture_width, uint32_t picture_height, uint32_t x, uint32_t y,
                    uint32_t width, uint32_t height, void *memory, double size) {
  coin_decoder_region r = region(picture_width, picture_height, x, y, width, height);
  return end(coin_decoder_window_begin(decoder, &r, memory, (uint64_t)size, &window));
}

EXPORT("coin_decode")
uint32_t web_decode(uint32_t picture_width, uint32_t picture_height, uint32_t x, uint32_t y,
                    uint32_t width, uint32_t height, uint32_t format, void *output,
                    uint32_t stride) {
  coin_decoder_region r = region(picture_width, picture_height, x, y, width, height);
  return end(coin_decoder_decode(window, &r, (coin_decoder_format)format, output,
                                 (ptrdiff_t)stride, NULL, NULL));
}
