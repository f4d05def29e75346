// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/encode.h>)

#include <jxl/encode.h>
#include <jxl/thread_parallel_runner.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"

static int is_gray(const cjxl_image *image) { return image->layout.channel_count < 3; }
static int has_alpha(const cjxl_image *image) { return image->layout.channel_count % 2 == 0; }

static int set_info(JxlEncoder *encoder, const cjxl_image *image) {
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = image->width;
  info.ysize = image->height;
  // Lossless samples are stored as they come; of others, the number of bits is a hint.
  info.bits_per_sample = (uint32_t)image->layout.sample_bits;
  if (!image->is_lossless) info.bits_per_sample = image->significant_bits;
  info.num_color_channels = is_gray(image) ? 1 : 3;
  info.orientation = (JxlOrientation)image->orientation;
  info.uses_original_profile = image->is_lossless;
  if (has_alpha(image)) {
    info.num_extra_channels = 1;
    info.alpha_bits = info.bits_per_sample;
  }
  if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) return 0;
  int level = JxlEncoderGetRequiredCodestreamLevel(encoder);
  return level < 10 || JxlEncoderSetCodestreamLevel(encoder, level) == JXL_ENC_SUCCESS;
}

static int set_color(JxlEncoder *encoder, const cjxl_image *image) {
  if (image->color == CJXL_COLOR_ICC) {
    return JxlEncoderSetICCProfile(encoder, image->icc.start, image->icc.count) ==
           JXL_ENC_SUCCESS;
  }
  JxlColorEncoding encoding;
  JxlColorEncodingSetToSRGB(&encoding, is_gray(image));
  if (image->color == CJXL_COLOR_CODE_POINTS &&
      !cjxl_encoding_of(image->primaries, image->transfer, is_gray(image), &encoding)) {
    return 0;
  }
  return JxlEncoderSetColorEncoding(encoder, &encoding) == JXL_ENC_SUCCESS;
}

static int add_boxes(JxlEncoder *encoder, const cjxl_image *image) {
  if (image->exif.count == 0 && image->xmp.count == 0) return 1;
  if (JxlEncoderUseBoxes(encoder) != JXL_ENC_SUCCESS) return 0;
  int is_ok = 1;
  if (image->exif.count > 0) {
    // The block begins 0 bytes after this field of four.
    uint8_t *content = calloc(1, image->exif.count + 4);
    if (content == NULL) return 0;
    memcpy(content + 4, image->exif.start, image->exif.count);
    is_ok = JxlEncoderAddBox(encoder, "Exif", content, image->exif.count + 4, JXL_FALSE) ==
            JXL_ENC_SUCCESS;
    free(content);
  }
  if (is_ok && image->xmp.count > 0) {
    is_ok = JxlEncoderAddBox(encoder, "xml ", image->xmp.start, image->xmp.count, JXL_FALSE) ==
            JXL_ENC_SUCCESS;
  }
  JxlEncoderCloseBoxes(encoder);
  return is_ok;
}

static int add_frame(JxlEncoder *encoder, const cjxl_image *image, const uint8_t *pixels,
                     size_t pixel_byte_count) {
  JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(encoder, NULL);
  if (settings == NULL) return 0;
  JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, image->effort);
  if (image->is_lossless) {
    JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_KEEP_INVISIBLE, 1);
    if (JxlEncoderSetFrameLossless(settings, JXL_TRUE) != JXL_ENC_SUCCESS) return 0;
  } else if (JxlEncoderSetFrameDistance(settings, image->distance) != JXL_ENC_SUCCESS) {
    return 0;
  }
  JxlPixelFormat format = {image->layout.channel_count,
                           image->layout.sample_bits == 8 ? JXL_TYPE_UINT8 : JXL_TYPE_UINT16,
                           JXL_NATIVE_ENDIAN, 0};
  if (JxlEncoderAddImageFrame(settings, &format, pixels, pixel_byte_count) != JXL_ENC_SUCCESS) {
    return 0;
  }
  JxlEncoderCloseInput(encoder);
  return 1;
}

static cjxl_status take_output(JxlEncoder *encoder, cjxl_bytes *file) {
  size_t capacity = 1 << 16;
  file->start = malloc(capacity);
  if (file->start == NULL) return CJXL_STATUS_OUT_OF_MEMORY;
  for (;;) {
    uint8_t *next = file->start + file->count;
    size_t available = capacity - file->count;
    JxlEncoderStatus status = JxlEncoderProcessOutput(encoder, &next, &available);
    file->count = (size_t)(next - file->start);
    if (status == JXL_ENC_SUCCESS) return CJXL_STATUS_OK;
    if (status != JXL_ENC_NEED_MORE_OUTPUT) return CJXL_STATUS_FAILED;
    capacity *= 2;
    uint8_t *start = realloc(file->start, capacity);
    if (start == NULL) return CJXL_STATUS_OUT_OF_MEMORY;
    file->start = start;
  }
}

cjxl_status cjxl_encode(const cjxl_image *image, const uint8_t *pixels, size_t pixel_byte_count,
                        size_t thread_count, cjxl_bytes *file) {
  *file = (cjxl_bytes){NULL, 0};
  JxlEncoder *encoder = JxlEncoderCreate(NULL);
  void *runner = JxlThreadParallelRunnerCreate(NULL, thread_count > 1 ? thread_count : 0);
  cjxl_status status = CJXL_STATUS_FAILED;
  if (encoder == NULL || runner == NULL) {
    status = CJXL_STATUS_OUT_OF_MEMORY;
  } else if (JxlEncoderSetParallelRunner(encoder, JxlThreadParallelRunner, runner) ==
                 JXL_ENC_SUCCESS &&
             set_info(encoder, image) && set_color(encoder, image) && add_boxes(encoder, image) &&
             add_frame(encoder, image, pixels, pixel_byte_count)) {
    status = take_output(encoder, file);
  }
  if (encoder != NULL) JxlEncoderDestroy(encoder);
  if (runner != NULL) JxlThreadParallelRunnerDestroy(runner);
  return status;
}

void cjxl_free(cjxl_bytes file) { free(file.start); }

#endif
