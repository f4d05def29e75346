// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/encode.h>)

#include <jxl/encode.h>
#include <jxl/thread_parallel_runner.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"

struct cjxl_encoder {
  JxlEncoder *encoder;
  void *runner;
  JxlEncoderFrameSettings *settings;
  JxlPixelFormat format;
  int is_animated;
  cjxl_bytes file;
  size_t capacity;
};

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
  if (image->is_animated) {
    info.have_animation = JXL_TRUE;
    info.animation.tps_numerator = image->ticks_per_second;
    info.animation.tps_denominator = 1;
    info.animation.num_loops = image->loop_count;
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

int cjxl_takes_profile(cjxl_bytes icc, int is_gray) {
  cjxl_image image = {.width = 1, .height = 1, .significant_bits = 8, .orientation = 1,
                      .is_lossless = 1, .color = CJXL_COLOR_ICC, .icc = icc,
                      .layout = {.channel_count = is_gray ? 1 : 3, .sample_bits = 8}};
  // Without the library, what is wrong is told by who is to write.
  if (cjxl_library_version() == 0) return 1;
  JxlEncoder *encoder = JxlEncoderCreate(NULL);
  if (encoder == NULL) return 0;
  int is_taken = set_info(encoder, &image) && set_color(encoder, &image);
  JxlEncoderDestroy(encoder);
  return is_taken;
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

static int set_frames(cjxl_encoder *encoder, const cjxl_image *image) {
  encoder->format = (JxlPixelFormat){
      image->layout.channel_count,
      image->layout.sample_bits == 8 ? JXL_TYPE_UINT8 : JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0};
  encoder->is_animated = image->is_animated;
  JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(encoder->encoder, NULL);
  if (settings == NULL) return 0;
  encoder->settings = settings;
  JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, image->effort);
  if (!image->is_lossless) {
    return JxlEncoderSetFrameDistance(settings, image->distance) == JXL_ENC_SUCCESS;
  }
  JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_KEEP_INVISIBLE, 1);
  return JxlEncoderSetFrameLossless(settings, JXL_TRUE) == JXL_ENC_SUCCESS;
}

static shim_status create_library(cjxl_encoder *encoder, size_t thread_count) {
  encoder->encoder = JxlEncoderCreate(NULL);
  encoder->runner = JxlThreadParallelRunnerCreate(NULL, thread_count > 1 ? thread_count : 0);
  if (encoder->encoder == NULL || encoder->runner == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  return JxlEncoderSetParallelRunner(encoder->encoder, JxlThreadParallelRunner,
                                     encoder->runner) == JXL_ENC_SUCCESS
             ? SHIM_STATUS_OK
             : SHIM_STATUS_FAILED;
}

static shim_status start(cjxl_encoder *encoder, const cjxl_image *image, size_t thread_count) {
  shim_status status = create_library(encoder, thread_count);
  if (status != SHIM_STATUS_OK) return status;
  int is_ok = set_info(encoder->encoder, image) && set_color(encoder->encoder, image) &&
              add_boxes(encoder->encoder, image) && set_frames(encoder, image);
  return is_ok ? SHIM_STATUS_OK : SHIM_STATUS_FAILED;
}

shim_status cjxl_encoder_create(const cjxl_image *image, size_t thread_count,
                                cjxl_encoder **encoder) {
  *encoder = calloc(1, sizeof **encoder);
  if (*encoder == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  shim_status status = start(*encoder, image, thread_count);
  if (status != SHIM_STATUS_OK) {
    cjxl_encoder_destroy(*encoder);
    *encoder = NULL;
  }
  return status;
}

void cjxl_encoder_destroy(cjxl_encoder *encoder) {
  if (encoder == NULL) return;
  if (encoder->encoder != NULL) JxlEncoderDestroy(encoder->encoder);
  if (encoder->runner != NULL) JxlThreadParallelRunnerDestroy(encoder->runner);
  free(encoder->file.start);
  free(encoder);
}

static int grow(cjxl_encoder *encoder) {
  size_t capacity = encoder->capacity == 0 ? 1 << 16 : encoder->capacity * 2;
  uint8_t *start = realloc(encoder->file.start, capacity);
  if (start == NULL) return 0;
  encoder->file.start = start;
  encoder->capacity = capacity;
  return 1;
}

static shim_status take_output(cjxl_encoder *encoder) {
  for (;;) {
    if (encoder->file.count == encoder->capacity && !grow(encoder)) {
      return SHIM_STATUS_OUT_OF_MEMORY;
    }
    uint8_t *next = encoder->file.start + encoder->file.count;
    size_t available = encoder->capacity - encoder->file.count;
    JxlEncoderStatus status = JxlEncoderProcessOutput(encoder->encoder, &next, &available);
    encoder->file.count = (size_t)(next - encoder->file.start);
    if (status == JXL_ENC_SUCCESS) return SHIM_STATUS_OK;
    if (status != JXL_ENC_NEED_MORE_OUTPUT) return SHIM_STATUS_FAILED;
    if (!grow(encoder)) return SHIM_STATUS_OUT_OF_MEMORY;
  }
}

shim_status cjxl_encoder_add(cjxl_encoder *encoder, const uint8_t *pixels,
                             size_t pixel_byte_count, uint32_t duration, int is_last) {
  if (encoder->is_animated) {
    JxlFrameHeader header;
    JxlEncoderInitFrameHeader(&header);
    header.duration = duration;
    if (JxlEncoderSetFrameHeader(encoder->settings, &header) != JXL_ENC_SUCCESS) {
      return SHIM_STATUS_FAILED;
    }
  }
  if (JxlEncoderAddImageFrame(encoder->settings, &encoder->format, pixels, pixel_byte_count) !=
      JXL_ENC_SUCCESS) {
    return SHIM_STATUS_FAILED;
  }
  if (is_last) JxlEncoderCloseInput(encoder->encoder);
  return take_output(encoder);
}

static shim_status add_jpeg(cjxl_encoder *encoder, const uint8_t *jpeg, size_t count,
                            int effort) {
  JxlEncoder *library = encoder->encoder;
  JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(library, NULL);
  if (settings == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  if (JxlEncoderUseContainer(library, JXL_TRUE) != JXL_ENC_SUCCESS ||
      JxlEncoderStoreJPEGMetadata(library, JXL_TRUE) != JXL_ENC_SUCCESS ||
      JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, effort) !=
          JXL_ENC_SUCCESS) {
    return SHIM_STATUS_FAILED;
  }
  // It sets size, orientation, colors and boxes as the file says.
  if (JxlEncoderAddJPEGFrame(settings, jpeg, count) != JXL_ENC_SUCCESS) {
    switch (JxlEncoderGetError(library)) {
      case JXL_ENC_ERR_OOM: return SHIM_STATUS_OUT_OF_MEMORY;
      case JXL_ENC_ERR_JBRD: return SHIM_STATUS_FAILED;
      default: return SHIM_STATUS_UNSUPPORTED;
    }
  }
  JxlEncoderCloseInput(library);
  return take_output(encoder);
}

shim_status cjxl_encoder_create_from_jpeg(const uint8_t *jpeg, size_t count, int effort,
                                          size_t thread_count, cjxl_encoder **encoder) {
  cjxl_encoder *made = calloc(1, sizeof *made);
  *encoder = NULL;
  if (made == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  shim_status status = create_library(made, thread_count);
  if (status == SHIM_STATUS_OK) status = add_jpeg(made, jpeg, count, effort);
  if (status != SHIM_STATUS_OK) {
    cjxl_encoder_destroy(made);
    return status;
  }
  // The coefficients go; the file stays.
  JxlEncoderDestroy(made->encoder);
  made->encoder = NULL;
  *encoder = made;
  return status;
}

cjxl_bytes cjxl_encoder_file(const cjxl_encoder *encoder) { return encoder->file; }

#endif
