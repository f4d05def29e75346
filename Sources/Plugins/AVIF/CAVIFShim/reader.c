// Nothing where the library is absent and the package trait AVIF off.
#if __has_include(<avif/avif.h>)

#include <stdlib.h>
#include <string.h>

#include "reader.h"

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

cavif_reader *cavif_reader_create(shim_read read, void *context, size_t byte_count) {
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
  free(reader->converted);
  free(reader);
}

static shim_status check(cavif_reader *reader, avifResult result) {
  if (result == AVIF_RESULT_OK) return SHIM_STATUS_OK;
  const char *text = reader->decoder->diag.error;
  if (text[0] == 0) text = avifResultToString(result);
  if (reader->has_failed_to_read) {
    return shim_report_fail(&reader->report, SHIM_STATUS_CALLBACK_FAILED, text);
  }
  int is_too_large = strstr(text, "dimensions too large") != NULL;
  return shim_report_fail(&reader->report,
                          is_too_large ? SHIM_STATUS_UNSUPPORTED : cavif_status_of(result), text);
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

// One side of a clean aperture (ISO/IEC 14496-12 §12.1.4): its size, and its offset from the middle,
// as fractions. Returns 0 if it does not lie on pixels of the picture. Whether it lies on pixels of
// chroma does not matter: what is cut off is cut off after conversion to RGB.
static int crop_side(uint32_t coded, uint32_t size_n, uint32_t size_d, uint32_t offset_n,
                     uint32_t offset_d, uint32_t *start, uint32_t *size) {
  const int64_t offset = (int32_t)offset_n;
  if (size_d == 0 || offset_d == 0 || offset_d > INT32_MAX || size_n % size_d != 0) return 0;
  const int64_t side = size_n / size_d;
  const int64_t doubled = ((int64_t)coded - side) * offset_d + 2 * offset;
  const int64_t unit = 2 * (int64_t)offset_d;
  if (side < 1 || side > coded || doubled < 0 || doubled % unit != 0) return 0;
  if (doubled / unit > (int64_t)coded - side) return 0;
  *start = (uint32_t)(doubled / unit);
  *size = (uint32_t)side;
  return 1;
}

static int get_crop(const avifImage *image, avifCropRect *crop) {
  const avifCleanApertureBox *box = &image->clap;
  return crop_side(image->width, box->widthN, box->widthD, box->horizOffN, box->horizOffD,
                   &crop->x, &crop->width) &&
         crop_side(image->height, box->heightN, box->heightD, box->vertOffN, box->vertOffD,
                   &crop->y, &crop->height);
}

// Matrices that libavif does not undo (ITU-T H.273, table 4).
static const char *unsupported_matrix(const avifImage *image) {
  switch (image->matrixCoefficients) {
    case 3: return "reserved matrix coefficients (3)";
    case 8: return image->yuvRange == AVIF_RANGE_LIMITED ? "YCgCo of limited range" : NULL;
    case 10: return "BT.2020 with constant luminance (matrix coefficients 10)";
    case 11: return "SMPTE ST 2085 (matrix coefficients 11)";
    case 13: return "chromaticity-derived constant luminance (matrix coefficients 13)";
    case 14: return "ICtCp (matrix coefficients 14)";
    default: return image->matrixCoefficients > 14 ? "unknown matrix coefficients" : NULL;
  }
}

static shim_status describe(cavif_reader *reader) {
  const avifDecoder *decoder = reader->decoder;
  const avifImage *image = decoder->image;
  avifCropRect crop = {0, 0, image->width, image->height};
  if ((image->transformFlags & AVIF_TRANSFORM_CLAP) && !get_crop(image, &crop)) {
    return shim_report_fail(&reader->report, SHIM_STATUS_MALFORMED,
                            "a clean aperture outside the picture, or between its pixels");
  }
  const char *matrix = unsupported_matrix(image);
  if (matrix != NULL) {
    return shim_report_fail(&reader->report, SHIM_STATUS_UNSUPPORTED, matrix);
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
    return shim_report_fail(&reader->report, SHIM_STATUS_UNSUPPORTED, "its bit depth");
  }
  return SHIM_STATUS_OK;
}

shim_status cavif_reader_read_contents(cavif_reader *reader, cavif_limits limits,
                                       cavif_contents *contents) {
  avifDecoder *decoder = reader->decoder;
  decoder->maxThreads = limits.thread_count;
  // The library's limit of pixels stays; a side of 65536 is the most that AV1 has.
  decoder->imageDimensionLimit = 65536;
  decoder->imageCountLimit = limits.frame_count > 0 ? limits.frame_count : 1;
  // Older encoders leave the box out, and nothing depends on it; crops are judged here.
  decoder->strictFlags = AVIF_STRICT_ENABLED & ~(avifStrictFlags)AVIF_STRICT_PIXI_REQUIRED &
                         ~(avifStrictFlags)AVIF_STRICT_CLAP_VALID;
  shim_status status = check(reader, avifDecoderParse(decoder));
  if (status == SHIM_STATUS_OK) status = describe(reader);
  *contents = reader->contents;
  // From here on it is a limit of the codec: no more than was announced.
  uint64_t announced = (uint64_t)contents->coded_width * contents->coded_height;
  if (announced > 0) decoder->imageSizeLimit = (uint32_t)announced;
  return status;
}

shim_status cavif_reader_read_duration(cavif_reader *reader, uint32_t index, uint64_t *duration,
                                       uint64_t *ticks_per_second) {
  avifImageTiming timing = {0};
  shim_status status =
      check(reader, avifDecoderNthImageTiming(reader->decoder, index, &timing));
  *duration = timing.durationInTimescales;
  *ticks_per_second = timing.timescale;
  return status;
}

shim_status cavif_reader_decode(cavif_reader *reader, uint32_t index) {
  shim_status status = check(reader, avifDecoderNthImage(reader->decoder, index));
  if (status != SHIM_STATUS_OK) return status;
  const avifImage *image = reader->decoder->image;
  const cavif_contents *contents = &reader->contents;
  if (image->width != contents->coded_width || image->height != contents->coded_height ||
      (int)image->depth != contents->depth ||
      // How chroma is subsampled the stream knows best; gray is RGB where that was announced.
      (contents->chroma == CAVIF_CHROMA_NONE &&
       chroma_of(image->yuvFormat) != CAVIF_CHROMA_NONE) ||
      (image->alphaPlane != NULL) != contents->has_alpha) {
    return shim_report_fail(&reader->report, SHIM_STATUS_MALFORMED,
                            "its pixels are not what its header announces");
  }
  return SHIM_STATUS_OK;
}

const shim_report *cavif_reader_report(const cavif_reader *reader) { return &reader->report; }

#endif
