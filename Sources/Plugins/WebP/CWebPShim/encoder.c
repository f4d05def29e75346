#include "encoder.h"

#include <stdlib.h>

cwebp_encoder *cwebp_encoder_create(cwebp_size size, int has_alpha) {
  cwebp_encoder *encoder = calloc(1, sizeof *encoder);
  if (encoder == NULL) return NULL;
  WebPMemoryWriterInit(&encoder->memory);
  encoder->has_alpha = has_alpha;
  // Fails where the headers and the library do not belong together.
  if (!WebPPictureInit(&encoder->picture)) {
    free(encoder);
    return NULL;
  }
  encoder->picture.use_argb = 1;
  encoder->picture.width = size.width;
  encoder->picture.height = size.height;
  if (!WebPPictureAlloc(&encoder->picture)) {
    cwebp_encoder_destroy(encoder);
    return NULL;
  }
  return encoder;
}

void cwebp_encoder_destroy(cwebp_encoder *encoder) {
  if (encoder == NULL) return;
  cwebp_clear_animation(&encoder->animation);
  WebPDataClear(&encoder->file);
  WebPMuxDelete(encoder->mux);
  WebPMemoryWriterClear(&encoder->memory);
  WebPPictureFree(&encoder->picture);
  free(encoder);
}

void cwebp_encoder_add_rows(cwebp_encoder *encoder, const uint8_t *rows, int count) {
  const WebPPicture *picture = &encoder->picture;
  for (int row = 0; row < count && encoder->row_count < picture->height; row++) {
    uint32_t *target = picture->argb + (size_t)encoder->row_count * (size_t)picture->argb_stride;
    for (int x = 0; x < picture->width; x++) {
      uint32_t alpha = encoder->has_alpha ? rows[3] : 0xFF;
      target[x] = alpha << 24 | (uint32_t)rows[0] << 16 | (uint32_t)rows[1] << 8 | rows[2];
      rows += encoder->has_alpha ? 4 : 3;
    }
    encoder->row_count++;
  }
}

static int on_progress(int percent, const WebPPicture *picture) {
  const cwebp_encoder *encoder = picture->user_data;
  return encoder->progress(encoder->context, percent);
}

static const char *message_of(WebPEncodingError error) {
  switch (error) {
    // libwebp says nothing where it fails for want of a thread or of memory for one.
    case VP8_ENC_OK:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_OUT_OF_MEMORY: return "out of memory";
    case VP8_ENC_ERROR_INVALID_CONFIGURATION: return "invalid configuration";
    case VP8_ENC_ERROR_BAD_DIMENSION: return "a side exceeds 16383 pixels";
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
      return "the first partition exceeds 512 KiB; a lower quality makes it smaller";
    case VP8_ENC_ERROR_PARTITION_OVERFLOW: return "a partition exceeds 16 MiB";
    case VP8_ENC_ERROR_FILE_TOO_BIG: return "the file exceeds 4 GiB";
    default: return "unknown error";
  }
}

static shim_status status_of(WebPEncodingError error) {
  switch (error) {
    case VP8_ENC_ERROR_USER_ABORT: return SHIM_STATUS_CANCELLED;
    case VP8_ENC_OK:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_OUT_OF_MEMORY: return SHIM_STATUS_OUT_OF_MEMORY;
    default: return SHIM_STATUS_FAILED;
  }
}

shim_status cwebp_fail(cwebp_encoder *encoder) {
  WebPEncodingError error = encoder->picture.error_code;
  return shim_report_fail(&encoder->report, status_of(error), message_of(error));
}

// Several passes are needed to come near a size; six are what cwebp takes.
static const int kPassesToTargetSize = 6;

int cwebp_set_config(WebPConfig *config, const cwebp_settings *settings) {
  if (!WebPConfigInit(config)) return 0;
  if (settings->is_lossless) {
    if (!WebPConfigLosslessPreset(config, settings->lossless_level)) return 0;
    config->near_lossless = settings->near_lossless;
  } else {
    config->quality = settings->quality;
    config->method = settings->method;
    config->use_sharp_yuv = settings->use_sharp_yuv;
    config->alpha_quality = settings->alpha_quality;
    config->target_size = settings->target_size;
    if (settings->target_size > 0) config->pass = kPassesToTargetSize;
  }
  config->exact = settings->is_exact;
  config->thread_level = settings->use_threads;
  return WebPValidateConfig(config);
}

shim_status cwebp_encoder_encode(cwebp_encoder *encoder, const cwebp_settings *settings,
                                 cwebp_progress progress, void *context) {
  WebPConfig config;
  if (encoder->mux != NULL || !cwebp_set_config(&config, settings)) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED, "invalid configuration");
  }
  WebPPicture *picture = &encoder->picture;
  encoder->progress = progress;
  encoder->context = context;
  picture->user_data = encoder;
  picture->progress_hook = on_progress;
  picture->writer = WebPMemoryWrite;
  picture->custom_ptr = &encoder->memory;
  if (!WebPEncode(&config, picture)) return cwebp_fail(encoder);
  // The pixels are not needed any more.
  WebPPictureFree(picture);
  WebPData image = {encoder->memory.mem, encoder->memory.size};
  encoder->mux = WebPMuxNew();
  if (encoder->mux == NULL || WebPMuxSetImage(encoder->mux, &image, 0) != WEBP_MUX_OK) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_OUT_OF_MEMORY, "out of memory");
  }
  return SHIM_STATUS_OK;
}

shim_status cwebp_encoder_add_chunk(cwebp_encoder *encoder, const char *type,
                                    const uint8_t *bytes, size_t count) {
  WebPData data = {bytes, count};
  if (encoder->mux == NULL ||
      WebPMuxSetChunk(encoder->mux, type, &data, 1) != WEBP_MUX_OK) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED,
                            "metadata that do not fit into a chunk");
  }
  return SHIM_STATUS_OK;
}

shim_status cwebp_encoder_assemble(cwebp_encoder *encoder, const uint8_t **bytes,
                                   size_t *count) {
  if (encoder->mux == NULL ||
      WebPMuxAssemble(encoder->mux, &encoder->file) != WEBP_MUX_OK) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED, "the file cannot be assembled");
  }
  *bytes = encoder->file.bytes;
  *count = encoder->file.size;
  return SHIM_STATUS_OK;
}

const shim_report *cwebp_encoder_report(const cwebp_encoder *encoder) {
  return &encoder->report;
}
