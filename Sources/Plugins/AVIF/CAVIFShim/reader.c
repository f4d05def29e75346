// Nothing where the library is absent and the package trait AVIF off.
#if __has_include(<avif/avif.h>)

#include <stdlib.h>
#include <string.h>

#include "status.h"

struct cavif_reader {
  // First, so that a pointer to it is one to the reader.
  avifIO io;
  avifDecoder *decoder;
  cavif_read read;
  void *context;
  int has_failed_to_read;
  uint8_t *buffer;
  size_t buffer_capacity;
  cavif_contents contents;
  // One row as libavif converts it.
  uint8_t *row;
  char message[AVIF_DIAGNOSTICS_ERROR_BUFFER_SIZE];
};

static avifResult on_read(struct avifIO *io, uint32_t flags, uint64_t offset, size_t size,
                          avifROData *out) {
  cavif_reader *reader = (cavif_reader *)io;
  if (flags != 0 || offset > io->sizeHint) return AVIF_RESULT_IO_ERROR;
  uint64_t available = io->sizeHint - offset;
  if (size > available) size = (size_t)available;
  if (size > reader->buffer_capacity) {
    uint8_t *buffer = realloc(reader->buffer, size);
    if (buffer == NULL) return AVIF_RESULT_OUT_OF_MEMORY;
    reader->buffer = buffer;
    reader->buffer_capacity = size;
  }
  ptrdiff_t done = 0;
  if (size > 0) done = reader->read(reader->context, (size_t)offset, reader->buffer, size);
  if (done < 0) {
    reader->has_failed_to_read = 1;
    return AVIF_RESULT_IO_ERROR;
  }
  *out = (avifROData){reader->buffer, (size_t)done};
  return AVIF_RESULT_OK;
}

cavif_reader *cavif_reader_create(cavif_read read, void *context, size_t byte_count) {
  cavif_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->context = context;
  reader->io.read = on_read;
  reader->io.sizeHint = byte_count;
  reader->decoder = avifDecoderCreate();
  if (reader->decoder == NULL) {
    free(reader);
    return NULL;
  }
  avifDecoderSetIO(reader->decoder, &reader->io);
  return reader;
}

void cavif_reader_destroy(cavif_reader *reader) {
  if (reader == NULL) return;
  avifDecoderDestroy(reader->decoder);
  free(reader->buffer);
  free(reader->row);
  free(reader);
}

static cavif_status fail(cavif_reader *reader, cavif_status status, const char *message) {
  strncpy(reader->message, message, sizeof reader->message - 1);
  return status;
}

static cavif_status check(cavif_reader *reader, avifResult result) {
  if (result == AVIF_RESULT_OK) return CAVIF_STATUS_OK;
  const char *text = reader->decoder->diag.error;
  if (text[0] == 0) text = avifResultToString(result);
  if (reader->has_failed_to_read) return fail(reader, CAVIF_STATUS_CALLBACK_FAILED, text);
  int is_too_large = strstr(text, "dimensions too large") != NULL;
  return fail(reader, is_too_large ? CAVIF_STATUS_UNSUPPORTED : cavif_status_of(result), text);
}

static cavif_chroma chroma_of(avifPixelFormat format) {
  switch (format) {
    case AVIF_PIXEL_FORMAT_YUV444: return CAVIF_CHROMA_444;
    case AVIF_PIXEL_FORMAT_YUV422: return CAVIF_CHROMA_422;
    case AVIF_PIXEL_FORMAT_YUV420: return CAVIF_CHROMA_420;
    default: return CAVIF_CHROMA_NONE;
  }
}

static cavif_transformation transformation_of(const avifImage *image) {
  cavif_transformation transformation = {0, 0};
  if (image->transformFlags & AVIF_TRANSFORM_IROT) transformation.rotation = image->irot.angle & 3;
  if (image->transformFlags & AVIF_TRANSFORM_IMIR) {
    transformation.mirror = image->imir.mode == 0 ? 1 : 2;
  }
  return transformation;
}

static cavif_status describe(cavif_reader *reader) {
  const avifDecoder *decoder = reader->decoder;
  const avifImage *image = decoder->image;
  avifCropRect crop = {0, 0, image->width, image->height};
  if (image->transformFlags & AVIF_TRANSFORM_CLAP) {
    avifDiagnostics diagnostics = {{0}};
    if (!avifCropRectConvertCleanApertureBox(&crop, &image->clap, image->width, image->height,
                                             image->yuvFormat, &diagnostics)) {
      return fail(reader, CAVIF_STATUS_MALFORMED, "a clean aperture outside the picture");
    }
  }
  reader->contents = (cavif_contents){
      .coded_width = image->width,
      .coded_height = image->height,
      .x = crop.x,
      .y = crop.y,
      .width = crop.width,
      .height = crop.height,
      .depth = (int)image->depth,
      .chroma = chroma_of(image->yuvFormat),
      .has_alpha = decoder->alphaPresent,
      .is_premultiplied = decoder->alphaPresent && image->alphaPremultiplied,
      .frame_count = decoder->imageCount > 0 ? (uint32_t)decoder->imageCount : 1,
      .color = {image->colorPrimaries, image->transferCharacteristics,
                image->matrixCoefficients, image->yuvRange == AVIF_RANGE_FULL},
      .transformation = transformation_of(image),
      .icc = {image->icc.data, image->icc.size},
      .exif = {image->exif.data, image->exif.size},
      .xmp = {image->xmp.data, image->xmp.size}};
  if (image->depth != 8 && image->depth != 10 && image->depth != 12) {
    return fail(reader, CAVIF_STATUS_UNSUPPORTED, "its bit depth");
  }
  return CAVIF_STATUS_OK;
}

cavif_status cavif_reader_read_contents(cavif_reader *reader, cavif_limits limits,
                                        cavif_contents *contents) {
  avifDecoder *decoder = reader->decoder;
  decoder->maxThreads = limits.thread_count;
  // The library's limit of pixels stays; a side of 65536 is the most that AV1 has.
  decoder->imageDimensionLimit = 65536;
  decoder->imageCountLimit = limits.frame_count > 0 ? limits.frame_count : 1;
  // Older encoders leave the box out, and nothing depends on it.
  decoder->strictFlags = AVIF_STRICT_ENABLED & ~(avifStrictFlags)AVIF_STRICT_PIXI_REQUIRED;
  cavif_status status = check(reader, avifDecoderParse(decoder));
  if (status == CAVIF_STATUS_OK) status = describe(reader);
  *contents = reader->contents;
  // From here on it is a limit of the codec: no more than was announced.
  uint64_t announced = (uint64_t)contents->coded_width * contents->coded_height;
  if (announced > 0) decoder->imageSizeLimit = (uint32_t)announced;
  return status;
}

cavif_status cavif_reader_read_duration(cavif_reader *reader, uint32_t index, uint64_t *duration,
                                        uint64_t *ticks_per_second) {
  avifImageTiming timing = {0};
  cavif_status status =
      check(reader, avifDecoderNthImageTiming(reader->decoder, index, &timing));
  *duration = timing.durationInTimescales;
  *ticks_per_second = timing.timescale;
  return status;
}

cavif_status cavif_reader_decode(cavif_reader *reader, uint32_t index) {
  cavif_status status = check(reader, avifDecoderNthImage(reader->decoder, index));
  if (status != CAVIF_STATUS_OK) return status;
  const avifImage *image = reader->decoder->image;
  const cavif_contents *contents = &reader->contents;
  if (image->width != contents->coded_width || image->height != contents->coded_height ||
      (int)image->depth != contents->depth || chroma_of(image->yuvFormat) != contents->chroma ||
      (image->alphaPlane != NULL) != contents->has_alpha) {
    return fail(reader, CAVIF_STATUS_MALFORMED, "its pixels are not what its header announces");
  }
  return CAVIF_STATUS_OK;
}

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
  free(reader->row);
  reader->row = malloc((size_t)rgb->rowBytes * rgb->height);
  if (reader->row == NULL) return AVIF_RESULT_OUT_OF_MEMORY;
  rgb->pixels = reader->row;
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

cavif_status cavif_reader_copy_rows(cavif_reader *reader, uint32_t row, uint32_t count,
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
    return fail(reader, cavif_status_of(result), avifResultToString(result));
  }
  for (uint32_t i = 0; i < count; i++) {
    size_t line = contents->y + row + i - part.start;
    copy_pixels(contents, rgb.pixels + line * rgb.rowBytes + contents->x * 4 * size,
                rows + i * contents->width * channels * size);
  }
  return CAVIF_STATUS_OK;
}

const char *cavif_reader_message(const cavif_reader *reader) { return reader->message; }

#endif
