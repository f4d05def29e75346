// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/decode.h>)

#include <jxl/decode.h>
#include <jxl/thread_parallel_runner.h>
#include <stdlib.h>

#include "CJXLShim.h"
#include "loading.h"

// A JPEG file on its way.
typedef struct output {
  cjxl_bytes bytes;
  size_t capacity;
  size_t limit;
  // Whether the decoder writes into it.
  int is_lent;
  int exceeds_limit;
} output;

static void take_back(JxlDecoder *decoder, output *output) {
  if (!output->is_lent) return;
  output->bytes.count = output->capacity - JxlDecoderReleaseJPEGBuffer(decoder);
  output->is_lent = 0;
}

// Lends the decoder room for more than is there.
static shim_status lend(JxlDecoder *decoder, output *output) {
  take_back(decoder, output);
  size_t capacity = output->capacity == 0 ? 1 << 16 : output->capacity * 2;
  if (capacity > output->limit) capacity = output->limit;
  // The decoder may leave some room that its next piece does not fit into: without more of it, it
  // would ask for ever.
  if (capacity <= output->capacity) {
    output->exceeds_limit = 1;
    return SHIM_STATUS_FAILED;
  }
  uint8_t *start = realloc(output->bytes.start, capacity);
  if (start == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  output->bytes.start = start;
  output->capacity = capacity;
  size_t done = output->bytes.count;
  output->is_lent = 1;
  return JxlDecoderSetJPEGBuffer(decoder, start + done, capacity - done) == JXL_DEC_SUCCESS
             ? SHIM_STATUS_OK
             : SHIM_STATUS_FAILED;
}

static shim_status process(JxlDecoder *decoder, output *output) {
  for (;;) {
    shim_status status = SHIM_STATUS_OK;
    switch (JxlDecoderProcessInput(decoder)) {
      case JXL_DEC_JPEG_RECONSTRUCTION:
      case JXL_DEC_JPEG_NEED_MORE_OUTPUT: status = lend(decoder, output); break;
      case JXL_DEC_FULL_IMAGE:
        take_back(decoder, output);
        return output->bytes.count > 0 ? SHIM_STATUS_OK : SHIM_STATUS_FAILED;
      // Pixels are all that can be had.
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER: return SHIM_STATUS_FAILED;
      case JXL_DEC_NEED_MORE_INPUT: return SHIM_STATUS_TRUNCATED;
      default: return SHIM_STATUS_MALFORMED;
    }
    if (status != SHIM_STATUS_OK) return status;
  }
}

static shim_status start(JxlDecoder *decoder, void *runner, const uint8_t *bytes, size_t count) {
  int events = JXL_DEC_JPEG_RECONSTRUCTION | JXL_DEC_FULL_IMAGE;
  if (decoder == NULL || runner == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  if (JxlDecoderSetParallelRunner(decoder, JxlThreadParallelRunner, runner) != JXL_DEC_SUCCESS ||
      JxlDecoderSubscribeEvents(decoder, events) != JXL_DEC_SUCCESS ||
      JxlDecoderSetInput(decoder, bytes, count) != JXL_DEC_SUCCESS) {
    return SHIM_STATUS_FAILED;
  }
  JxlDecoderCloseInput(decoder);
  return SHIM_STATUS_OK;
}

shim_status cjxl_rebuild_jpeg(const uint8_t *bytes, size_t count, size_t limit,
                              size_t thread_count, cjxl_bytes *jpeg, int *exceeds_limit) {
  JxlDecoder *decoder = JxlDecoderCreate(NULL);
  void *runner = JxlThreadParallelRunnerCreate(NULL, thread_count > 1 ? thread_count : 0);
  output output = {.limit = limit};
  shim_status status = start(decoder, runner, bytes, count);
  if (status == SHIM_STATUS_OK) status = process(decoder, &output);
  if (decoder != NULL) JxlDecoderDestroy(decoder);
  if (runner != NULL) JxlThreadParallelRunnerDestroy(runner);
  if (status != SHIM_STATUS_OK) cjxl_free_bytes(&output.bytes);
  *jpeg = output.bytes;
  *exceeds_limit = output.exceeds_limit;
  return status;
}

void cjxl_free_bytes(cjxl_bytes *bytes) {
  free(bytes->start);
  *bytes = (cjxl_bytes){0};
}

#endif
