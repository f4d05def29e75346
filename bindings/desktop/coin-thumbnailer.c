// Makes a thumbnail: coin-thumbnailer IN.coin OUT.png SIZE
//
// The longest side has SIZE pixels, or those of the picture if it has less. What desktops run,
// so it needs libcoin and libpng alone, and takes little memory whatever the file says.

#include <coin.h>
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t width, height;
  uint8_t *rgba;
} picture;

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint8_t *read_file(const char *path, size_t *count) {
  static const size_t most = (size_t)1 << 28;
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  size_t size = 1 << 16;
  uint8_t *bytes = NULL;
  *count = 0;
  do {
    size *= 2;
    uint8_t *more = realloc(bytes, size);
    if (!more) break;
    bytes = more;
    *count += fread(bytes + *count, 1, size - *count, file);
  } while (*count == size && size < most);
  fclose(file);
  return bytes;
}

/// Decodes the smallest octave whose longest side is not below `side`; 0 of the picture's size
/// if it is itself smaller.
static coin_status decode(const uint8_t *bytes, size_t count, uint32_t side, picture *result,
                          uint32_t *orientation, coin_error *error) {
  coin_limits limits = {
      .size = sizeof limits, .memory = UINT64_C(1) << 28, .multiply_adds = UINT64_C(1) << 38};
  // A coarse octave of a huge picture takes little, so the header's limit is not for this.
  limits.pixels = UINT64_C(1) << 34;
  coin_picture *opened;
  coin_info info = {.size = sizeof info};
  coin_status status = coin_open(bytes, count, &limits, &opened, error);
  if (status) return status;
  coin_get_info(opened, &info);
  *orientation = info.orientation;
  coin_request request = {.size = sizeof request, .format = COIN_RGBA8};
  int is_huge = (uint64_t)info.width * info.height > UINT64_C(1) << 24;
  while (is_huge && request.octave + 1 < info.octaves &&
         larger(info.width, info.height) >> (request.octave + 1) >= side)
    request.octave++;
  uint32_t pixel;
  status = coin_get_output(opened, &request, &result->width, &result->height, &pixel);
  if (!status) {
    size_t stride = (size_t)result->width * 4, size = stride * result->height;
    result->rgba = malloc(size);
    status = result->rgba ? coin_decode(opened, &request, result->rgba, size, stride, error)
                          : COIN_OUT_OF_MEMORY;
  }
  coin_close(opened);
  return status;
}

/// The mean of a box of source pixels, color weighted by alpha.
static void average(const picture *from, uint32_t left, uint32_t top, uint32_t right,
                    uint32_t bottom, uint8_t *to) {
  uint64_t sums[4] = {0}, count = 0;
  for (uint32_t y = top; y < bottom; y++)
    for (uint32_t x = left; x < right; x++, count++) {
      const uint8_t *p = from->rgba + ((size_t)y * from->width + x) * 4;
      for (int c = 0; c < 3; c++) sums[c] += (uint64_t)p[c] * p[3];
      sums[3] += p[3];
    }
  for (int c = 0; c < 3; c++)
    to[c] = sums[3] > 0 ? (uint8_t)((sums[c] + sums[3] / 2) / sums[3]) : 0;
  to[3] = (uint8_t)((sums[3] + count / 2) / count);
}

/// Reduces a picture so that its longest side is `side`, and turns it upright.
static int reduce(const picture *from, uint32_t side, uint32_t orientation, picture *to) {
  uint32_t longest = larger(from->width, from->height),
           target = longest < side ? longest : side;
  uint32_t width = larger((uint32_t)((uint64_t)from->width * target / longest), 1);
  uint32_t height = larger((uint32_t)((uint64_t)from->height * target / longest), 1);
  int is_turned = orientation > 4;
  to->width = is_turned ? height : width;
  to->height = is_turned ? width : height;
  to->rgba = malloc((size_t)width * height * 4);
  if (!to->rgba) return 0;
  for (uint32_t y = 0; y < height; y++)
    for (uint32_t x = 0; x < width; x++) {
      // Orientations 2, 3, 6 and 7 begin at the right, 3, 4, 7 and 8 at the bottom, of rows
      // that are then columns from 5 on.
      static const uint8_t from_right[9] = {0, 0, 1, 1, 0, 0, 0, 1, 1};
      static const uint8_t from_bottom[9] = {0, 0, 0, 1, 1, 0, 1, 1, 0};
      uint32_t u = from_right[orientation] ? width - 1 - x : x;
      uint32_t v = from_bottom[orientation] ? height - 1 - y : y;
      uint8_t *p = to->rgba + (is_turned ? (size_t)u * height + v : (size_t)v * width + u) * 4;
      uint32_t left = (uint32_t)((uint64_t)x * from->width / width);
      uint32_t right = (uint32_t)(((uint64_t)x + 1) * from->width / width);
      uint32_t top = (uint32_t)((uint64_t)y * from->height / height);
      uint32_t bottom = (uint32_t)(((uint64_t)y + 1) * from->height / height);
      average(from, left, top, right, bottom, p);
    }
  return 1;
}

static int write_png(const char *path, const picture *thumbnail) {
  png_image image = {.version = PNG_IMAGE_VERSION,
                     .width = thumbnail->width,
                     .height = thumbnail->height,
                     .format = PNG_FORMAT_RGBA};
  return png_image_write_to_file(&image, path, 0, thumbnail->rgba, 0, NULL);
}

int main(int count, char **arguments) {
  long side = count == 4 ? strtol(arguments[3], NULL, 10) : 0;
  if (side < 1 || side > 4096) {
    fprintf(stderr, "usage: coin-thumbnailer IN.coin OUT.png SIZE (1 to 4096)\n");
    return 2;
  }
  size_t size;
  uint8_t *bytes = read_file(arguments[1], &size);
  if (!bytes) {
    fprintf(stderr, "%s: %s\n", arguments[1], strerror(errno));
    return 1;
  }
  picture decoded = {0}, thumbnail = {0};
  uint32_t orientation = 1;
  coin_error error = {.size = sizeof error};
  coin_status status = decode(bytes, size, (uint32_t)side, &decoded, &orientation, &error);
  if (status) {
    fprintf(stderr, "%s: %s\n", arguments[1],
            error.status ? error.message : coin_status_text(status));
    return 1;
  }
  if (!reduce(&decoded, (uint32_t)side, orientation, &thumbnail) ||
      !write_png(arguments[2], &thumbnail)) {
    fprintf(stderr, "%s: cannot be written\n", arguments[2]);
    return 1;
  }
  free(bytes);
  free(decoded.rgba);
  free(thumbnail.rgba);
  return 0;
}
