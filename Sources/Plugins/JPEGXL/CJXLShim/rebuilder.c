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
} output;

static void take_back(JxlDecoder *decoder, output *output) {
  if (!output->is_lent) return;
  output->bytes.count = output->capacity - JxlDecoderReleaseJPEGBuffer(decoder);
  output->is_lent = 0;
}

// Lends the decoder room for more than is there.
static cjxl_status lend(JxlDecoder *decoder, output *output) {
  take_back(decoder, output);
  size_t capacity = output->capacity == 0 ? 1 << 16 : output->capacity * 2;
  if (capacity > output->limit) capacity = output->limit;
  // The decoder may leave some room that its next piece does not fit into: without more of it, it
  // would ask for ever.
  if (capacity <= output->capacity) return CJXL_STATUS_JPEG_TOO_LARGE;
  uint8_t *start = realloc(output->bytes.start, capacity);
  if (start == NULL) return CJXL_STATUS_OUT_OF_MEMORY;
  output->bytes.start = start;
  output->capacity = capacity;
  size_t done = output->bytes.count;
  output->is_lent = 1;
  return JxlDecoderSetJPEGBuffer(decoder, start + done, capacity - done) == JXL_DEC_SUCCESS
             ? CJXL_STATUS_OK
             : CJXL_STATUS_FAILED;
}

static cjxl_status process(JxlDecoder *decoder, output *output) {
  for (;;) {
    cjxl_status status = CJXL_STATUS_OK;
    switch (JxlDecoderProcessInput(decoder)) {
      case JXL_DEC_JPEG_RECONSTRUCTION:
      case JXL_DEC_JPEG_NEED_MORE_OUTPUT: status = lend(decoder, output); break;
      case JXL_DEC_FULL_IMAGE:
        take_back(decoder, output);
        return output->bytes.count > 0 ? CJXL_STATUS_OK : CJXL_STATUS_IRREVERSIBLE;
      // Pixels are all that can be had.
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER: return CJXL_STATUS_IRREVERSIBLE;
      case JXL_DEC_NEED_MORE_INPUT: return CJXL_STATUS_TRUNCATED;
      default: return CJXL_STATUS_MALFORMED;
    }
    if (status != CJXL_STATUS_OK) return status;
  }
}

static cjxl_status start(JxlDecoder *decoder, void *runner, const uint8_t *bytes, size_t count) {
  int events = JXL_DEC_JPEG_RECONSTRUCTION | JXL_DEC_FULL_IMAGE;
  if (decoder == NULL || runner == NULL) return CJXL_STATUS_OUT_OF_MEMORY;
  if (JxlDecoderSetParallelRunner(decoder, JxlThreadParallelRunner, runner) != JXL_DEC_SUCCESS ||
      JxlDecoderSubscribeEvents(decoder, events) != JXL_DEC_SUCCESS ||
      JxlDecoderSetInput(decoder, bytes, count) != JXL_DEC_SUCCESS) {
    return CJXL_STATUS_FAILED;
  }
  JxlDecoderCloseInput(decoder);
  return CJXL_STATUS_OK;
}

cjxl_status cjxl_rebuild_jpeg(const uint8_t *bytes, size_t count, size_t limit,
                              size_t thread_count, cjxl_bytes *jpeg) {
  JxlDecoder *decoder = JxlDecoderCreate(NULL);
  void *runner = JxlThreadParallelRunnerCreate(NULL, thread_count > 1 ? thread_count : 0);
  output output = {.limit = limit};
  cjxl_status status = start(decoder, runner, bytes, count);
  if (status == CJXL_STATUS_OK) status = process(decoder, &output);
  if (decoder != NULL) JxlDecoderDestroy(decoder);
  if (runner != NULL) JxlThreadParallelRunnerDestroy(runner);
  if (status != CJXL_STATUS_OK) cjxl_free_bytes(&output.bytes);
  *jpeg = output.bytes;
  return status;
}

void cjxl_free_bytes(cjxl_bytes *bytes) {
  free(bytes->start);
  *bytes = (cjxl_bytes){0};
}

#endif
