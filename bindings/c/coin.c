// libcoin: memory, limits and messages around the freestanding decoder.

#include "coin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coin_decoder.h"

enum { VERSION = 100 };  // 0.1.0

struct coin_picture {
  uint8_t *bytes;
  void *memory;
  coin_decoder *decoder;
  uint64_t most_pixels, most_memory, most_work;
};

uint32_t coin_version(void) { return VERSION; }

const char *coin_status_text(coin_status status) {
  switch (status) {
    case COIN_OK: return "no error";
    case COIN_TRUNCATED: return "the file ends early";
    case COIN_NOT_A_COIN: return "not a .coin file";
    case COIN_TEXT_DAMAGE: return "the file was damaged by a transfer in text mode";
    case COIN_MALFORMED: return "the file is damaged";
    case COIN_UNSUPPORTED: return "a newer library is needed";
    case COIN_LIMIT_EXCEEDED: return "the picture exceeds the limits";
    case COIN_OUT_OF_MEMORY: return "out of memory";
    case COIN_INVALID_ARGUMENT: return "invalid argument";
    case COIN_CANCELLED: return "cancelled";
  }
  return "unknown status";
}

/// Fills in the caller's error, as much of it as there is.
static coin_status report(coin_error *error, coin_status status, uint64_t offset,
                          const char *what) {
  if (!error || error->size < sizeof *error) return status;
  error->status = status;
  error->offset = offset;
  int is_in_file = status > COIN_OK && status <= COIN_UNSUPPORTED;
  if (is_in_file)
    snprintf(error->message, sizeof error->message, "%s%s%s at byte %llu",
             coin_status_text(status), what ? ": " : "", what ? what : "",
             (unsigned long long)offset);
  else
    snprintf(error->message, sizeof error->message, "%s%s%s", coin_status_text(status),
             what ? ": " : "", what ? what : "");
  return status;
}

/// What the decoder's statuses are to callers, and what to say where it says no more.
static coin_status translate(coin_decoder_error found, coin_error *error) {
  static const struct {
    coin_status status;
    const char *what;
  } table[] = {
      [COIN_DECODER_OK] = {COIN_OK, NULL},
      [COIN_DECODER_TRUNCATED] = {COIN_TRUNCATED, NULL},
      [COIN_DECODER_BAD_SIGNATURE] = {COIN_NOT_A_COIN, NULL},
      [COIN_DECODER_TEXT_MODE_DAMAGE] = {COIN_TEXT_DAMAGE, NULL},
      [COIN_DECODER_BAD_CHECKSUM] = {COIN_MALFORMED, "the checksum of a box"},
      [COIN_DECODER_MISPLACED_BOX] = {COIN_MALFORMED, "a box that is out of place or missing"},
      [COIN_DECODER_UNKNOWN_BOX] = {COIN_UNSUPPORTED, "an unknown box"},
      [COIN_DECODER_TRAILING_BYTES] = {COIN_MALFORMED, "bytes after the last box"},
      [COIN_DECODER_UNSUPPORTED_VERSION] = {COIN_UNSUPPORTED, "the version"},
      [COIN_DECODER_UNSUPPORTED_ARCHITECTURE] = {COIN_UNSUPPORTED, "the kind of the networks"},
      [COIN_DECODER_UNSUPPORTED_DEFAULTS] = {COIN_UNSUPPORTED, "the set of defaults"},
      [COIN_DECODER_UNSUPPORTED_PACKING] = {COIN_UNSUPPORTED, "the packing of weights"},
      [COIN_DECODER_INVALID_FIELD] = {COIN_MALFORMED, NULL},
      [COIN_DECODER_WRONG_LENGTH] = {COIN_MALFORMED, "the length of a box"},
      [COIN_DECODER_BAD_ARGUMENT] = {COIN_INVALID_ARGUMENT, NULL},
      [COIN_DECODER_SMALL_MEMORY] = {COIN_OUT_OF_MEMORY, NULL},
      [COIN_DECODER_CANCELLED] = {COIN_CANCELLED, NULL},
  };
  const char *what = found.what ? found.what : table[found.status].what;
  return report(error, table[found.status].status, found.offset, what);
}

/// Copies what the caller's structure has room for.
static void fill(coin_info *to, const coin_decoder_info *from, const coin_decoder *decoder) {
  coin_decoder_resolution density = {0};
  if (decoder) coin_decoder_get_resolution(decoder, &density);
  uint32_t size = to->size;
  *to = (coin_info){.size = size,
                    .width = from->width,
                    .height = from->height,
                    .channels = from->channels,
                    .bit_depth = from->bit_depth,
                    .orientation = from->orientation,
                    .primaries = from->primaries,
                    .transfer = from->transfer,
                    .octaves = from->octave_count,
                    .architecture = from->kind,
                    .density_unit = density.unit,
                    .multiply_adds = from->multiply_adds,
                    .density_x = density.horizontal,
                    .density_y = density.vertical};
}

coin_status coin_probe(const void *bytes, size_t count, coin_info *info, coin_error *error) {
  coin_decoder_info found;
  if ((!bytes && count > 0) || !info || info->size < sizeof *info)
    return report(error, COIN_INVALID_ARGUMENT, 0, "bytes or info");
  coin_status status = translate(coin_decoder_probe(bytes, count, &found), error);
  if (!status) fill(info, &found, NULL);
  return status;
}

/// Takes the limits of the caller, or the defaults.
static coin_status take_limits(coin_picture *picture, const coin_limits *limits) {
  picture->most_pixels = UINT64_C(1) << 28;
  picture->most_memory = UINT64_C(1) << 30;
  picture->most_work = UINT64_C(1) << 42;
  if (!limits) return COIN_OK;
  if (limits->size < sizeof *limits) return COIN_INVALID_ARGUMENT;
  if (limits->pixels) picture->most_pixels = limits->pixels;
  if (limits->memory) picture->most_memory = limits->memory;
  if (limits->multiply_adds) picture->most_work = limits->multiply_adds;
  return COIN_OK;
}

/// Allocates within the limit; NULL with the status that says why.
static void *allocate(const coin_picture *picture, uint64_t size, coin_status *status) {
  *status = COIN_LIMIT_EXCEEDED;
  if (size > picture->most_memory || size > SIZE_MAX) return NULL;
  void *memory = malloc(size > 0 ? (size_t)size : 1);
  *status = memory ? COIN_OK : COIN_OUT_OF_MEMORY;
  return memory;
}

static coin_status open_copy(coin_picture *picture, size_t count, coin_error *error) {
  coin_decoder_info info;
  coin_status status = translate(coin_decoder_probe(picture->bytes, count, &info), error);
  if (status) return status;
  if ((uint64_t)info.width * info.height > picture->most_pixels)
    return report(error, COIN_LIMIT_EXCEEDED, 0, "pixels");
  if (info.multiply_adds > picture->most_work)
    return report(error, COIN_LIMIT_EXCEEDED, 0, "multiply-adds");
  picture->memory = allocate(picture, info.memory, &status);
  if (!picture->memory) return report(error, status, 0, "memory");
  return translate(
      coin_decoder_open(picture->bytes, count, picture->memory, info.memory, &picture->decoder),
      error);
}

coin_status coin_open(const void *bytes, size_t count, const coin_limits *limits,
                      coin_picture **picture, coin_error *error) {
  if (!picture || (!bytes && count > 0))
    return report(error, COIN_INVALID_ARGUMENT, 0, "bytes or picture");
  *picture = NULL;
  coin_picture *opened = calloc(1, sizeof *opened);
  uint8_t *copy = malloc(count > 0 ? count : 1);
  coin_status status = opened && copy ? COIN_OK : COIN_OUT_OF_MEMORY;
  if (status) {
    report(error, status, 0, NULL);
  } else {
    if (count > 0) memcpy(copy, bytes, count);
    opened->bytes = copy;
    status = take_limits(opened, limits);
    if (status)
      report(error, status, 0, "the size of the limits");
    else
      status = open_copy(opened, count, error);
  }
  if (!status) {
    *picture = opened;
    return report(error, COIN_OK, 0, NULL);
  }
  if (opened) free(opened->memory);
  free(copy);
  free(opened);
  return status;
}

void coin_close(coin_picture *picture) {
  if (!picture) return;
  free(picture->memory);
  free(picture->bytes);
  free(picture);
}

coin_status coin_get_info(const coin_picture *picture, coin_info *info) {
  if (!picture || !info || info->size < sizeof *info) return COIN_INVALID_ARGUMENT;
  fill(info, coin_decoder_get_info(picture->decoder), picture->decoder);
  return COIN_OK;
}

coin_status coin_get_metadata(const coin_picture *picture, coin_block block, const void **bytes,
                              size_t *count) {
  if (!picture || !bytes || !count || (unsigned)block > COIN_XMP) return COIN_INVALID_ARGUMENT;
  *bytes = coin_decoder_metadata(picture->decoder, (coin_decoder_block)block, count);
  return COIN_OK;
}

/// The region that a request means, which need not be one of the picture.
static coin_status resolve(const coin_picture *picture, const coin_request *request,
                           coin_decoder_region *region, coin_decoder_format *format) {
  static const coin_request everything = {.size = sizeof everything};
  const coin_request *r = request ? request : &everything;
  const coin_decoder_info *info = coin_decoder_get_info(picture->decoder);
  if (r->size < sizeof *r || r->octave >= info->octave_count) return COIN_INVALID_ARGUMENT;
  if (r->format != COIN_STORED && r->format != COIN_RGBA8) return COIN_INVALID_ARGUMENT;
  *region = coin_decoder_octave(info, r->octave);
  if (r->picture_width > 0 || r->picture_height > 0)
    *region = (coin_decoder_region){r->picture_width, r->picture_height, 0, 0,
                                    r->picture_width, r->picture_height};
  if (r->x > 0 || r->y > 0 || r->width > 0 || r->height > 0) {
    region->x = r->x;
    region->y = r->y;
    region->width = r->width;
    region->height = r->height;
  }
  *format = r->format == COIN_RGBA8 ? COIN_DECODER_RGBA8 : COIN_DECODER_STORED;
  return COIN_OK;
}

coin_status coin_get_output(const coin_picture *picture, const coin_request *request,
                            uint32_t *width, uint32_t *height, uint32_t *pixel_bytes) {
  coin_decoder_region region;
  coin_decoder_format format;
  if (!picture || !width || !height || !pixel_bytes) return COIN_INVALID_ARGUMENT;
  coin_status status = resolve(picture, request, &region, &format);
  if (status) return status;
  *width = region.width;
  *height = region.height;
  *pixel_bytes =
      (uint32_t)coin_decoder_pixel_bytes(coin_decoder_get_info(picture->decoder), format);
  return COIN_OK;
}

/// Accepts an output that has all rows.
static int has_room(const coin_picture *picture, const coin_decoder_region *region,
                    coin_decoder_format format, size_t size, size_t stride) {
  uint64_t pixel = coin_decoder_pixel_bytes(coin_decoder_get_info(picture->decoder), format);
  uint64_t row = region->width * pixel;
  if (region->width == 0 || region->height == 0) return 1;  // refused as a region
  if (stride < row || size < row) return 0;
  return region->height - 1 <= (size - row) / stride;
}

coin_status coin_decode(const coin_picture *picture, const coin_request *request, void *output,
                        size_t output_size, size_t stride, coin_error *error) {
  coin_decoder_region region;
  coin_decoder_format format;
  uint64_t size;
  coin_decoder_window *window;
  if (!picture || !output) return report(error, COIN_INVALID_ARGUMENT, 0, "picture or output");
  coin_status status = resolve(picture, request, &region, &format);
  if (status) return report(error, status, 0, "the request");
  if ((uint64_t)region.width * region.height > picture->most_pixels)
    return report(error, COIN_LIMIT_EXCEEDED, 0, "pixels");
  status = translate(coin_decoder_window_size(picture->decoder, &region, &size), error);
  if (status) return status;
  if (!has_room(picture, &region, format, output_size, stride))
    return report(error, COIN_INVALID_ARGUMENT, 0, "the size or stride of the output");
  void *memory = allocate(picture, size, &status);
  if (!memory) return report(error, status, 0, "memory");
  coin_decoder_error found =
      coin_decoder_window_begin(picture->decoder, &region, memory, size, &window);
  if (!found.status)
    found =
        coin_decoder_decode(window, &region, format, output, (ptrdiff_t)stride,
                            request ? request->progress : NULL, request ? request->user : NULL);
  free(memory);
  return translate(found, error);
}
