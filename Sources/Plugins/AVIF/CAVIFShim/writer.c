// Nothing where the library is absent and the package trait AVIF off.
#if __has_include(<avif/avif.h>)

#include <stdlib.h>
#include <string.h>

#include "status.h"

struct cavif_writer {
  cavif_settings settings;
  avifImage *image;
  avifEncoder *encoder;
  avifRWData file;
  // RGB with alpha as it comes; gray goes to the picture at once.
  uint8_t *pixels;
  uint32_t row_count;
  shim_report report;
};

static avifPixelFormat format_of(cavif_chroma chroma) {
  switch (chroma) {
    case CAVIF_CHROMA_444: return AVIF_PIXEL_FORMAT_YUV444;
    case CAVIF_CHROMA_422: return AVIF_PIXEL_FORMAT_YUV422;
    case CAVIF_CHROMA_420: return AVIF_PIXEL_FORMAT_YUV420;
    default: return AVIF_PIXEL_FORMAT_YUV400;
  }
}

static int is_gray(const cavif_settings *settings) { return settings->channel_count < 3; }

static size_t bytes_per_row(const cavif_settings *settings) {
  return (size_t)settings->width * (size_t)settings->channel_count *
         (size_t)(settings->sample_bits / 8);
}

static void set_encoder(avifEncoder *encoder, const cavif_settings *settings) {
  // libaom's files depend on the number of threads.
  encoder->maxThreads = 1;
  encoder->speed = settings->speed;
  encoder->minQuantizer = encoder->maxQuantizer = settings->quantizer;
  encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = settings->alpha_quantizer;
  if (settings->frame_count < 2) return;
  encoder->timescale = settings->ticks_per_second;
#if AVIF_VERSION >= 1000000
  encoder->repetitionCount =
      settings->loop_count == 0 ? AVIF_REPETITION_COUNT_INFINITE : settings->loop_count - 1;
#endif
}

static void set_transformation(avifImage *image, cavif_transformation transformation) {
  image->transformFlags &= ~(avifTransformFlags)(AVIF_TRANSFORM_IROT | AVIF_TRANSFORM_IMIR);
  if (transformation.rotation != 0) {
    image->transformFlags |= AVIF_TRANSFORM_IROT;
    image->irot.angle = (uint8_t)transformation.rotation;
  }
  if (transformation.mirror != 0) {
    image->transformFlags |= AVIF_TRANSFORM_IMIR;
    image->imir.mode = transformation.mirror == 1 ? 0 : 1;
  }
}

cavif_writer *cavif_writer_create(const cavif_settings *settings) {
  cavif_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->settings = *settings;
  writer->encoder = avifEncoderCreate();
  writer->image = avifImageCreate(settings->width, settings->height, (uint32_t)settings->depth,
                                  format_of(settings->chroma));
  avifPlanesFlags planes = AVIF_PLANES_YUV;
  if (settings->channel_count % 2 == 0) planes |= AVIF_PLANES_A;
  int is_complete = writer->encoder != NULL && writer->image != NULL &&
                    avifImageAllocatePlanes(writer->image, planes) == AVIF_RESULT_OK;
  if (is_complete && !is_gray(settings)) {
    writer->pixels = malloc(bytes_per_row(settings) * settings->height);
    is_complete = writer->pixels != NULL;
  }
  if (!is_complete) {
    cavif_writer_destroy(writer);
    return NULL;
  }
  writer->image->yuvRange = settings->color.is_full_range ? AVIF_RANGE_FULL : AVIF_RANGE_LIMITED;
  writer->image->colorPrimaries = settings->color.primaries;
  writer->image->transferCharacteristics = settings->color.transfer;
  writer->image->matrixCoefficients = settings->color.matrix;
  set_transformation(writer->image, settings->transformation);
  set_encoder(writer->encoder, settings);
  return writer;
}

void cavif_writer_destroy(cavif_writer *writer) {
  if (writer == NULL) return;
  avifRWDataFree(&writer->file);
  if (writer->image != NULL) avifImageDestroy(writer->image);
  if (writer->encoder != NULL) avifEncoderDestroy(writer->encoder);
  free(writer->pixels);
  free(writer);
}

static shim_status check(cavif_writer *writer, avifResult result) {
  if (result == AVIF_RESULT_OK) return SHIM_STATUS_OK;
  const char *text = writer->encoder->diag.error;
  return shim_report_fail(&writer->report, cavif_status_of(result),
                          text[0] != 0 ? text : avifResultToString(result));
}

shim_status cavif_writer_set_metadata(cavif_writer *writer, cavif_bytes icc, cavif_bytes exif,
                                      cavif_bytes xmp) {
  avifImage *image = writer->image;
  // Before 1.0 these return nothing, so what they have done is looked at.
  if (icc.start != NULL) avifImageSetProfileICC(image, icc.start, icc.count);
  if (exif.start != NULL) avifImageSetMetadataExif(image, exif.start, exif.count);
  if (xmp.start != NULL) avifImageSetMetadataXMP(image, xmp.start, xmp.count);
  // libavif has taken them from Exif.
  set_transformation(image, writer->settings.transformation);
  int is_done = image->icc.size == icc.count && image->exif.size == exif.count &&
                image->xmp.size == xmp.count;
  return is_done ? SHIM_STATUS_OK : SHIM_STATUS_OUT_OF_MEMORY;
}

static unsigned sample_at(const uint8_t *bytes, int bits) {
  if (bits == 8) return *bytes;
  uint16_t sample;
  memcpy(&sample, bytes, sizeof sample);
  return sample;
}

static void set_sample(uint8_t *row, uint32_t x, unsigned sample, const cavif_settings *settings) {
  unsigned full = (1u << settings->sample_bits) - 1;
  unsigned maximum = (1u << settings->depth) - 1;
  unsigned value = full == maximum ? sample : (sample * maximum + full / 2) / full;
  if (settings->depth == 8) {
    row[x] = (uint8_t)value;
  } else {
    uint16_t wide = (uint16_t)value;
    memcpy(row + 2 * (size_t)x, &wide, sizeof wide);
  }
}

// Gray of full range is stored as it is.
static void add_gray_row(cavif_writer *writer, const uint8_t *source) {
  const cavif_settings *settings = &writer->settings;
  avifImage *image = writer->image;
  size_t size = (size_t)settings->sample_bits / 8;
  uint8_t *luma = image->yuvPlanes[0] + (size_t)writer->row_count * image->yuvRowBytes[0];
  uint8_t *alpha = NULL;
  if (image->alphaPlane != NULL) {
    alpha = image->alphaPlane + (size_t)writer->row_count * image->alphaRowBytes;
  }
  for (uint32_t x = 0; x < settings->width; x++) {
    set_sample(luma, x, sample_at(source, settings->sample_bits), settings);
    source += size;
    if (alpha == NULL) continue;
    set_sample(alpha, x, sample_at(source, settings->sample_bits), settings);
    source += size;
  }
}

void cavif_writer_add_rows(cavif_writer *writer, const uint8_t *rows, uint32_t count) {
  size_t row_size = bytes_per_row(&writer->settings);
  for (uint32_t i = 0; i < count && writer->row_count < writer->settings.height; i++) {
    const uint8_t *row = rows + i * row_size;
    if (is_gray(&writer->settings)) {
      add_gray_row(writer, row);
    } else {
      memcpy(writer->pixels + writer->row_count * row_size, row, row_size);
    }
    writer->row_count++;
  }
}

static avifResult convert(cavif_writer *writer) {
  const cavif_settings *settings = &writer->settings;
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, writer->image);
  rgb.format = settings->channel_count == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  rgb.depth = (uint32_t)settings->sample_bits;
  rgb.pixels = writer->pixels;
  rgb.rowBytes = (uint32_t)bytes_per_row(settings);
  rgb.avoidLibYUV = AVIF_TRUE;
  return avifImageRGBToYUV(writer->image, &rgb);
}

shim_status cavif_writer_end_picture(cavif_writer *writer, uint64_t duration) {
  const cavif_settings *settings = &writer->settings;
  int is_single = settings->frame_count < 2;
  if (!is_gray(settings)) {
    shim_status status = check(writer, convert(writer));
    if (status != SHIM_STATUS_OK) return status;
    if (is_single) {
      free(writer->pixels);
      writer->pixels = NULL;
    }
  }
  writer->row_count = 0;
  avifAddImageFlags flags = is_single ? AVIF_ADD_IMAGE_FLAG_SINGLE : AVIF_ADD_IMAGE_FLAG_NONE;
  return check(writer, avifEncoderAddImage(writer->encoder, writer->image, duration, flags));
}

static uint32_t read_32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Clears the times of making and of the last change that libavif writes into the headers of a
// sequence: the same pictures are to give the same file.
static void clear_times(uint8_t *boxes, size_t count) {
  size_t offset = 0;
  while (count - offset >= 8) {
    uint8_t *box = boxes + offset;
    size_t size = read_32(box);
    if (size < 8 || size > count - offset) return;
    const char *type = (const char *)box + 4;
    if (memcmp(type, "moov", 4) == 0 || memcmp(type, "trak", 4) == 0 ||
        memcmp(type, "mdia", 4) == 0) {
      clear_times(box + 8, size - 8);
    } else if (memcmp(type, "mvhd", 4) == 0 || memcmp(type, "tkhd", 4) == 0 ||
               memcmp(type, "mdhd", 4) == 0) {
      // After version and flags come two times, of 8 bytes each in version 1.
      size_t times_size = size > 12 && box[8] == 1 ? 16 : 8;
      if (size >= 12 + times_size) memset(box + 12, 0, times_size);
    }
    offset += size;
  }
}

shim_status cavif_writer_finish(cavif_writer *writer, cavif_bytes *file) {
  shim_status status = check(writer, avifEncoderFinish(writer->encoder, &writer->file));
  if (status == SHIM_STATUS_OK) clear_times(writer->file.data, writer->file.size);
  *file = (cavif_bytes){writer->file.data, writer->file.size};
  return status;
}

const shim_report *cavif_writer_report(const cavif_writer *writer) { return &writer->report; }

#endif
