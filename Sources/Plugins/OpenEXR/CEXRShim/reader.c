// Nothing where the library is absent and the package trait OpenEXR off.
#if __has_include(<OpenEXR/openexr.h>) || __has_include(<openexr.h>)

#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "half.h"

struct cexr_reader {
  shim_read read;
  shim_is_cancelled is_cancelled;
  void *context;
  size_t byte_count;
  exr_context_t file;
  exr_decode_pipeline_t pipeline;
  exr_result_t (*decompress)(exr_decode_pipeline_t *);
  int has_pipeline;
  // Whether there is something to copy.
  int has_samples;
  cexr_call call;
};

// ---------------------------------------------------------------------------- the file

static int64_t read_bytes(exr_const_context_t file, void *data, void *bytes, uint64_t count,
                          uint64_t offset, exr_stream_error_func_ptr_t complain) {
  (void)file;
  (void)complain;
  cexr_reader *reader = data;
  if (reader->is_cancelled(reader->context)) {
    reader->call.was_cancelled = 1;
    return -1;
  }
  if (count > SIZE_MAX || offset > SIZE_MAX) return -1;
  ptrdiff_t done = reader->read(reader->context, (size_t)offset, bytes, (size_t)count);
  if (done < 0) reader->call.has_failed_callback = 1;
  return done;
}

static int64_t query_size(exr_const_context_t file, void *data) {
  (void)file;
  return (int64_t)((const cexr_reader *)data)->byte_count;
}

// ---------------------------------------------------------------------------- life

cexr_reader *cexr_reader_create(shim_read read, shim_is_cancelled is_cancelled, void *context,
                                size_t byte_count) {
  cexr_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->is_cancelled = is_cancelled;
  reader->context = context;
  reader->byte_count = byte_count;
  return reader;
}

static void end_pipeline(cexr_reader *reader) {
  if (reader->has_pipeline) exr_decoding_destroy(reader->file, &reader->pipeline);
  reader->has_pipeline = 0;
  reader->has_samples = 0;
}

void cexr_reader_destroy(cexr_reader *reader) {
  if (reader == NULL) return;
  end_pipeline(reader);
  if (reader->file != NULL) exr_finish(&reader->file);
  free(reader);
}

const shim_report *cexr_reader_report(const cexr_reader *reader) { return &reader->call.report; }

shim_status cexr_reader_open(cexr_reader *reader) {
  exr_context_initializer_t initializer = cexr_initializer(reader);
  initializer.read_fn = read_bytes;
  initializer.size_fn = query_size;
  // The header is ours, and so is what becomes of a table that is damaged.
  initializer.flags =
      EXR_CONTEXT_FLAG_STRICT_HEADER | EXR_CONTEXT_FLAG_DISABLE_CHUNK_RECONSTRUCTION;
  cexr_call_begin(&reader->call);
  exr_result_t result = exr_start_read(&reader->file, "part", &initializer);
  if (result != EXR_ERR_SUCCESS) reader->file = NULL;
  return cexr_call_end(&reader->call, result);
}

// ---------------------------------------------------------------------------- chunks

static exr_result_t start_pipeline(cexr_reader *reader, const exr_chunk_info_t *chunk) {
  exr_result_t result = exr_decoding_initialize(reader->file, 0, chunk, &reader->pipeline);
  if (result != EXR_ERR_SUCCESS) return result;
  reader->has_pipeline = 1;
  result = exr_decoding_choose_default_routines(reader->file, 0, &reader->pipeline);
  // Samples are taken from where they are decompressed to: of the routines that would spread them,
  // some take for granted that all channels are wanted, or that none is subsampled.
  reader->pipeline.unpack_and_convert_fn = NULL;
  reader->decompress = reader->pipeline.decompress_fn;
  return result;
}

static exr_result_t set_chunk(cexr_reader *reader, const exr_chunk_info_t *chunk) {
  exr_result_t result =
      reader->has_pipeline ? exr_decoding_update(reader->file, 0, chunk, &reader->pipeline)
                           : start_pipeline(reader, chunk);
  // Chunks that would not get smaller are stored as they are; the library takes those of B44 for
  // compressed.
  const int is_plain = chunk->packed_size == chunk->unpacked_size;
  reader->pipeline.decompress_fn = is_plain ? NULL : reader->decompress;
  return result;
}

static size_t row_byte_count(const exr_coding_channel_info_t *channel) {
  return (size_t)channel->width * (size_t)channel->bytes_per_element;
}

static int64_t floor_quotient(int64_t value, int64_t divisor) {
  return value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);
}

// The number of rows before one that have samples of a channel.
static size_t rows_before(const cexr_reader *reader, const exr_coding_channel_info_t *channel,
                          uint32_t row) {
  const exr_chunk_info_t *chunk = &reader->pipeline.chunk;
  if (channel->y_samples <= 1) return row;
  const int64_t before = (int64_t)chunk->start_y - 1;
  return (size_t)(floor_quotient(before + row, channel->y_samples) -
                  floor_quotient(before, channel->y_samples));
}

// The bytes in front of a row.
static size_t row_offset(const cexr_reader *reader, uint32_t row) {
  size_t offset = 0;
  for (int i = 0; i < reader->pipeline.channel_count; i++) {
    const exr_coding_channel_info_t *channel = &reader->pipeline.channels[i];
    offset += rows_before(reader, channel, row) * row_byte_count(channel);
  }
  return offset;
}

static shim_status decode(cexr_reader *reader, const exr_chunk_info_t *chunk) {
  reader->has_samples = 0;
  exr_result_t result = set_chunk(reader, chunk);
  // What is not compressed would be taken for whole, and the rest of it for samples.
  if (result == EXR_ERR_SUCCESS && chunk->compression == EXR_COMPRESSION_NONE &&
      chunk->packed_size != chunk->unpacked_size) {
    shim_report_complain(&reader->call.report, "a chunk that is not compressed has another size");
    result = EXR_ERR_CORRUPT_CHUNK;
  }
  if (result == EXR_ERR_SUCCESS) {
    result = exr_decoding_run(reader->file, 0, &reader->pipeline);
  }
  if (result == EXR_ERR_SUCCESS &&
      (reader->pipeline.unpacked_buffer == NULL ||
       row_offset(reader, (uint32_t)chunk->height) != chunk->unpacked_size)) {
    shim_report_complain(&reader->call.report, "a chunk has not the size that its channels have");
    result = EXR_ERR_CORRUPT_CHUNK;
  }
  // Buffers of a chunk that failed may be in any state.
  if (result != EXR_ERR_SUCCESS) end_pipeline(reader);
  reader->has_samples = result == EXR_ERR_SUCCESS;
  return cexr_call_end(&reader->call, result);
}

shim_status cexr_reader_decode_lines(cexr_reader *reader, int32_t y) {
  exr_chunk_info_t chunk;
  memset(&chunk, 0, sizeof chunk);
  cexr_call_begin(&reader->call);
  exr_result_t result = exr_read_scanline_chunk_info(reader->file, 0, y, &chunk);
  if (result != EXR_ERR_SUCCESS) return cexr_call_end(&reader->call, result);
  return decode(reader, &chunk);
}

shim_status cexr_reader_decode_tile(cexr_reader *reader, int32_t column, int32_t row) {
  exr_chunk_info_t chunk;
  memset(&chunk, 0, sizeof chunk);
  cexr_call_begin(&reader->call);
  exr_result_t result = exr_read_tile_chunk_info(reader->file, 0, column, row, 0, 0, &chunk);
  if (result != EXR_ERR_SUCCESS) return cexr_call_end(&reader->call, result);
  return decode(reader, &chunk);
}

// ---------------------------------------------------------------------------- samples

uint32_t cexr_reader_width(const cexr_reader *reader) {
  return reader->has_samples ? (uint32_t)reader->pipeline.chunk.width : 0;
}

uint32_t cexr_reader_height(const cexr_reader *reader) {
  return reader->has_samples ? (uint32_t)reader->pipeline.chunk.height : 0;
}

static uint32_t load(const uint8_t *bytes, int count) {
  uint32_t value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
  return count == 2 ? value : value | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void copy_samples(const uint8_t *bytes, uint16_t type, float *samples, size_t stride,
                         size_t count) {
  switch (type) {
  case EXR_PIXEL_HALF:
    for (size_t i = 0; i < count; i++) {
      samples[i * stride] = cexr_from_half((uint16_t)load(bytes + 2 * i, 2));
    }
    break;
  case EXR_PIXEL_FLOAT:
    for (size_t i = 0; i < count; i++) {
      const uint32_t bits = load(bytes + 4 * i, 4);
      memcpy(samples + i * stride, &bits, sizeof bits);
    }
    break;
  default:
    for (size_t i = 0; i < count; i++) samples[i * stride] = (float)load(bytes + 4 * i, 4);
    break;
  }
}

size_t cexr_reader_copy(const cexr_reader *reader, uint32_t row, uint32_t channel, float *samples,
                        size_t stride, size_t capacity) {
  const exr_decode_pipeline_t *pipeline = &reader->pipeline;
  if (row >= cexr_reader_height(reader) || channel >= (uint32_t)pipeline->channel_count) return 0;
  const exr_coding_channel_info_t *info = &pipeline->channels[channel];
  if (rows_before(reader, info, row + 1) == rows_before(reader, info, row)) return 0;
  size_t offset = row_offset(reader, row);
  for (uint32_t i = 0; i < channel; i++) {
    const exr_coding_channel_info_t *other = &pipeline->channels[i];
    offset += (rows_before(reader, other, row + 1) - rows_before(reader, other, row)) *
              row_byte_count(other);
  }
  const size_t count = (size_t)info->width < capacity ? (size_t)info->width : capacity;
  const uint8_t *bytes = (const uint8_t *)pipeline->unpacked_buffer + offset;
  copy_samples(bytes, info->data_type, samples, stride, count);
  return count;
}

#endif
