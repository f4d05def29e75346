// Nothing where the library is absent and the package trait AVIF off.
#if __has_include(<avif/avif.h>)

#include <stdlib.h>
#include <string.h>

#include "reader.h"

// A part of a picture whose rows libavif converts as if they were all of it. Two rows more on
// either side, or one where chroma has half the rows, let chroma blend as in the whole.
typedef struct band {
  avifImage *image;
  // The first row of the band in the picture.
  uint32_t start;
} band;

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

static int make_band(const cavif_reader *reader, uint32_t row, uint32_t count, band *result) {
  const avifImage *image = reader->decoder->image;
  uint32_t start = row < 2 ? 0 : (row - 2) & ~1u;
  uint32_t end = smaller((row + count + 3) & ~1u, image->height);
  avifCropRect rectangle = {0, start, image->width, end - start};
  result->image = avifImageCreateEmpty();
  result->start = start;
  return result->image != NULL &&
         avifImageSetViewRect(result->image, image, &rectangle) == AVIF_RESULT_OK;
}

// Converts a band to RGB with alpha, in the reader's memory.
static avifResult convert(cavif_reader *reader, const avifImage *image, avifRGBImage *rgb) {
  avifRGBImageSetDefaults(rgb, image);
  rgb->format = AVIF_RGB_FORMAT_RGBA;
  rgb->depth = image->depth == 8 ? 8 : 16;
  rgb->alphaPremultiplied = image->alphaPremultiplied;
  // The same samples on every machine.
  rgb->avoidLibYUV = AVIF_TRUE;
  rgb->chromaUpsampling = AVIF_CHROMA_UPSAMPLING_BILINEAR;
  rgb->rowBytes = rgb->width * avifRGBImagePixelSize(rgb);
  free(reader->converted);
  reader->converted = malloc((size_t)rgb->rowBytes * rgb->height);
  if (reader->converted == NULL) return AVIF_RESULT_OUT_OF_MEMORY;
  rgb->pixels = reader->converted;
  return avifImageYUVToRGB(image, rgb);
}

static void copy_pixels(const cavif_contents *contents, const uint8_t *source, uint8_t *target) {
  size_t size = contents->depth == 8 ? 1 : 2;
  size_t colors = contents->chroma == CAVIF_CHROMA_NONE ? 1 : 3;
  for (uint32_t x = 0; x < contents->width; x++, source += 4 * size) {
    memcpy(target, source, colors * size);
    target += colors * size;
    if (contents->has_alpha) {
      memcpy(target, source + 3 * size, size);
      target += size;
    }
  }
}

shim_status cavif_reader_copy_rows(cavif_reader *reader, uint32_t row, uint32_t count,
                                   uint8_t *rows) {
  const cavif_contents *contents = &reader->contents;
  size_t size = contents->depth == 8 ? 1 : 2;
  size_t channels =
      (contents->chroma == CAVIF_CHROMA_NONE ? 1 : 3) + (contents->has_alpha ? 1 : 0);
  band part = {NULL, 0};
  avifRGBImage rgb;
  avifResult result = AVIF_RESULT_OUT_OF_MEMORY;
  if (make_band(reader, contents->y + row, count, &part)) {
    result = convert(reader, part.image, &rgb);
  }
  if (part.image != NULL) avifImageDestroy(part.image);
  if (result != AVIF_RESULT_OK) {
    return shim_report_fail(&reader->report, cavif_status_of(result),
                            avifResultToString(result));
  }
  for (uint32_t i = 0; i < count; i++) {
    size_t line = contents->y + row + i - part.start;
    copy_pixels(contents, rgb.pixels + line * rgb.rowBytes + contents->x * 4 * size,
                rows + i * contents->width * channels * size);
  }
  return SHIM_STATUS_OK;
}

#endif
