// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/decode.h>)

#include <jxl/decode.h>
#include <jxl/thread_parallel_runner.h>
#include <stdlib.h>

#include "color.h"

struct cjxl_decoder {
  JxlDecoder *decoder;
  void *runner;
  // Of the file's contents, what does not point anywhere.
  cjxl_contents contents;
  // What libjxl has read of the file.
  size_t consumed_count;
};

static int start(cjxl_decoder *decoder, size_t thread_count) {
  decoder->decoder = JxlDecoderCreate(NULL);
  decoder->runner = JxlThreadParallelRunnerCreate(NULL, thread_count > 1 ? thread_count : 0);
  int events = JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE;
  return decoder->decoder != NULL && decoder->runner != NULL &&
         JxlDecoderSetParallelRunner(decoder->decoder, JxlThreadParallelRunner,
                                     decoder->runner) == JXL_DEC_SUCCESS &&
         JxlDecoderSubscribeEvents(decoder->decoder, events) == JXL_DEC_SUCCESS &&
         JxlDecoderSetKeepOrientation(decoder->decoder, JXL_TRUE) == JXL_DEC_SUCCESS;
}

cjxl_decoder *cjxl_decoder_create(const cjxl_contents *contents, size_t thread_count,
                                  size_t skipped_count) {
  cjxl_decoder *decoder = calloc(1, sizeof *decoder);
  if (decoder == NULL) return NULL;
  if (!start(decoder, thread_count)) {
    cjxl_decoder_destroy(decoder);
    return NULL;
  }
  decoder->contents = (cjxl_contents){
      .layout = contents->layout, .has_original_samples = contents->has_original_samples};
  if (skipped_count > 0) JxlDecoderSkipFrames(decoder->decoder, skipped_count);
  return decoder;
}

void cjxl_decoder_destroy(cjxl_decoder *decoder) {
  if (decoder == NULL) return;
  if (decoder->decoder != NULL) JxlDecoderDestroy(decoder->decoder);
  if (decoder->runner != NULL) JxlThreadParallelRunnerDestroy(decoder->runner);
  free(decoder);
}

static JxlDataType type_of(int sample_bits) {
  return sample_bits == 8 ? JXL_TYPE_UINT8 : sample_bits == 16 ? JXL_TYPE_UINT16 : JXL_TYPE_FLOAT;
}

static shim_status process(cjxl_decoder *owner, int allows_cut, int *is_cut, uint8_t *pixels,
                           size_t pixel_byte_count) {
  JxlDecoder *decoder = owner->decoder;
  cjxl_layout layout = owner->contents.layout;
  JxlPixelFormat format = {layout.channel_count, type_of(layout.sample_bits), JXL_NATIVE_ENDIAN,
                           0};
  for (;;) {
    size_t needed = 0;
    switch (JxlDecoderProcessInput(decoder)) {
      case JXL_DEC_FULL_IMAGE: return SHIM_STATUS_OK;
      case JXL_DEC_NEED_MORE_INPUT:
        *is_cut = allows_cut && JxlDecoderFlushImage(decoder) == JXL_DEC_SUCCESS;
        return *is_cut ? SHIM_STATUS_OK : SHIM_STATUS_TRUNCATED;
      case JXL_DEC_COLOR_ENCODING: cjxl_prefer_standard(decoder, &owner->contents); break;
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        if (JxlDecoderImageOutBufferSize(decoder, &format, &needed) != JXL_DEC_SUCCESS ||
            needed != pixel_byte_count ||
            JxlDecoderSetImageOutBuffer(decoder, &format, pixels, needed) != JXL_DEC_SUCCESS) {
          return SHIM_STATUS_FAILED;
        }
        break;
      default: return SHIM_STATUS_MALFORMED;
    }
  }
}

size_t cjxl_decoder_consumed_count(const cjxl_decoder *decoder) {
  return decoder->consumed_count;
}

shim_status cjxl_decoder_next(cjxl_decoder *decoder, const uint8_t *bytes, size_t count,
                              int allows_cut, int *is_cut, uint8_t *pixels,
                              size_t pixel_byte_count) {
  *is_cut = 0;
  size_t left = count - decoder->consumed_count;
  if (JxlDecoderSetInput(decoder->decoder, bytes + decoder->consumed_count, left) !=
      JXL_DEC_SUCCESS) {
    return SHIM_STATUS_FAILED;
  }
  shim_status status = process(decoder, allows_cut, is_cut, pixels, pixel_byte_count);
  decoder->consumed_count = count - JxlDecoderReleaseInput(decoder->decoder);
  return status;
}

#endif
