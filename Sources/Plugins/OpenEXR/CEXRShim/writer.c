// Nothing where the library is absent and the package trait OpenEXR off.
#if __has_include(<OpenEXR/openexr.h>) || __has_include(<openexr.h>)

#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "half.h"

struct cexr_writer {
  cexr_settings settings;
  shim_write write;
  void *context;
  exr_context_t file;
  exr_encode_pipeline_t pipeline;
  exr_result_t (*compress)(exr_encode_pipeline_t *);
  int has_pipeline;
  int has_header;
  uint32_t width;
  uint32_t height;
  uint32_t rows_per_chunk;
  uint32_t row_count;
  // A chunk: of each channel all rows, in the type of the file.
  uint8_t *samples;
  // A row of one channel after the other, multiplied by alpha.
  float *row;
  uint64_t clamped_count;
  uint64_t transparent_count;
  cexr_call call;
};

// ---------------------------------------------------------------------------- the file

static int64_t write_bytes(exr_const_context_t file, void *data, const void *bytes, uint64_t count,
                           uint64_t offset, exr_stream_error_func_ptr_t complain) {
  (void)file;
  (void)complain;
  cexr_writer *writer = data;
  if (writer->write(writer->context, (size_t)offset, bytes, (size_t)count) != 0) {
    writer->call.has_failed_callback = 1;
    return -1;
  }
  return (int64_t)count;
}

static shim_status end_call(cexr_writer *writer, exr_result_t result) {
  shim_status status = cexr_call_end(&writer->call, result);
  return status == SHIM_STATUS_MALFORMED ? SHIM_STATUS_FAILED : status;
}

// ---------------------------------------------------------------------------- life

static uint32_t extent(int32_t first, int32_t last) {
  return (uint32_t)((int64_t)last - first + 1);
}

static uint32_t sample_size(const cexr_writer *writer) { return writer->settings.is_half ? 2 : 4; }

static size_t plane_size(const cexr_writer *writer) {
  return (size_t)writer->rows_per_chunk * writer->width * sample_size(writer);
}

cexr_writer *cexr_writer_create(const cexr_settings *settings, shim_write write, void *context) {
  // In the order of exr_compression_t.
  static const uint32_t rows[] = {1, 1, 1, 16, 32};
  cexr_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->settings = *settings;
  writer->write = write;
  writer->context = context;
  writer->width = extent(settings->data.left, settings->data.right);
  writer->height = extent(settings->data.top, settings->data.bottom);
  writer->rows_per_chunk = rows[settings->compression];
  writer->samples = malloc(plane_size(writer) * settings->channel_count);
  writer->row = malloc((size_t)writer->width * settings->channel_count * sizeof(float));
  if (writer->samples == NULL || writer->row == NULL) {
    cexr_writer_destroy(writer);
    return NULL;
  }
  return writer;
}

void cexr_writer_destroy(cexr_writer *writer) {
  if (writer == NULL) return;
  if (writer->has_pipeline) exr_encoding_destroy(writer->file, &writer->pipeline);
  if (writer->file != NULL) exr_finish(&writer->file);
  free(writer->samples);
  free(writer->row);
  free(writer);
}

const shim_report *cexr_writer_report(const cexr_writer *writer) { return &writer->call.report; }

uint64_t cexr_writer_clamped_count(const cexr_writer *writer) { return writer->clamped_count; }

uint64_t cexr_writer_transparent_count(const cexr_writer *writer) {
  return writer->transparent_count;
}

// ---------------------------------------------------------------------------- the header

static int has_alpha(const cexr_writer *writer) { return writer->settings.channel_count % 2 == 0; }

// The name of a channel, by its place in a pixel.
static const char *channel_name(const cexr_writer *writer, uint32_t channel) {
  static const char *const colors[] = {"R", "G", "B"};
  const uint32_t count = writer->settings.channel_count;
  if (has_alpha(writer) && channel == count - 1) return "A";
  return count <= 2 ? "Y" : colors[channel];
}

static exr_attr_box2i_t box(cexr_window window) {
  exr_attr_box2i_t box;
  box.min.x = window.left;
  box.min.y = window.top;
  box.max.x = window.right;
  box.max.y = window.bottom;
  return box;
}

static exr_result_t start(cexr_writer *writer) {
  const cexr_settings *settings = &writer->settings;
  exr_context_initializer_t initializer = cexr_initializer(writer);
  initializer.write_fn = write_bytes;
  initializer.zip_level = settings->zip_level;
  exr_result_t result =
      exr_start_write(&writer->file, "part", EXR_WRITE_FILE_DIRECTLY, &initializer);
  int part;
  if (result == EXR_ERR_SUCCESS) {
    result = exr_add_part(writer->file, NULL, EXR_STORAGE_SCANLINE, &part);
  } else {
    writer->file = NULL;
  }
  if (result != EXR_ERR_SUCCESS) return result;
  const exr_attr_box2i_t display = box(settings->display), data = box(settings->data);
  exr_attr_v2f_t center;
  center.x = center.y = 0;
  result = exr_initialize_required_attr(
      writer->file, part, &display, &data, settings->pixel_aspect_ratio, &center, 1,
      EXR_LINEORDER_INCREASING_Y, (exr_compression_t)settings->compression);
  for (uint32_t i = 0; result == EXR_ERR_SUCCESS && i < settings->channel_count; i++) {
    result = exr_add_channel(writer->file, part, channel_name(writer, i),
                             settings->is_half ? EXR_PIXEL_HALF : EXR_PIXEL_FLOAT,
                             EXR_PERCEPTUALLY_LOGARITHMIC, 1, 1);
  }
  return result;
}

shim_status cexr_writer_start(cexr_writer *writer) {
  cexr_call_begin(&writer->call);
  return end_call(writer, start(writer));
}

shim_status cexr_writer_set_text(cexr_writer *writer, const char *name, const char *value) {
  cexr_call_begin(&writer->call);
  return end_call(writer, exr_attr_set_string(writer->file, 0, name, value));
}

shim_status cexr_writer_set_number(cexr_writer *writer, const char *name, float value) {
  cexr_call_begin(&writer->call);
  return end_call(writer, exr_attr_set_float(writer->file, 0, name, value));
}

shim_status cexr_writer_set_chromaticities(cexr_writer *writer, const float numbers[8]) {
  exr_attr_chromaticities_t points;
  points.white_x = numbers[0];
  points.white_y = numbers[1];
  points.red_x = numbers[2];
  points.red_y = numbers[3];
  points.green_x = numbers[4];
  points.green_y = numbers[5];
  points.blue_x = numbers[6];
  points.blue_y = numbers[7];
  cexr_call_begin(&writer->call);
  return end_call(
      writer, exr_attr_set_chromaticities(writer->file, 0, "chromaticities", &points));
}

static exr_result_t write_header(cexr_writer *writer) {
  if (writer->has_header) return EXR_ERR_SUCCESS;
  exr_result_t result = exr_write_header(writer->file);
  if (result != EXR_ERR_SUCCESS) return result;
  writer->has_header = 1;
  int32_t rows = 0;
  result = exr_get_scanlines_per_chunk(writer->file, 0, &rows);
  if (result == EXR_ERR_SUCCESS && (uint32_t)rows != writer->rows_per_chunk) {
    shim_report_complain(&writer->call.report, "chunks have another height than was expected");
    result = EXR_ERR_UNKNOWN;
  }
  return result;
}

// ---------------------------------------------------------------------------- samples

// Takes a row apart, and multiplies it by alpha.
static void split_row(cexr_writer *writer, const float *pixels) {
  const uint32_t count = writer->settings.channel_count, width = writer->width;
  for (uint32_t channel = 0; channel < count; channel++) {
    float *plane = writer->row + (size_t)channel * width;
    for (uint32_t x = 0; x < width; x++) plane[x] = pixels[(size_t)x * count + channel];
  }
  if (!writer->settings.is_straight) return;
  const float *alpha = writer->row + (size_t)(count - 1) * width;
  for (uint32_t x = 0; x < width; x++) {
    int has_color = 0;
    for (uint32_t channel = 0; channel + 1 < count; channel++) {
      float *sample = writer->row + (size_t)channel * width + x;
      if (alpha[x] == 0) {
        has_color |= *sample != 0;
        *sample = 0;
      } else {
        *sample *= alpha[x];
      }
    }
    writer->transparent_count += has_color != 0;
  }
}

static void put_row(cexr_writer *writer, const float *pixels) {
  const size_t width = writer->width;
  const size_t y = writer->row_count % writer->rows_per_chunk;
  split_row(writer, pixels);
  for (uint32_t channel = 0; channel < writer->settings.channel_count; channel++) {
    const float *source = writer->row + channel * width;
    uint8_t *target =
        writer->samples + channel * plane_size(writer) + y * width * sample_size(writer);
    if (!writer->settings.is_half) {
      memcpy(target, source, width * sizeof(float));
      continue;
    }
    for (size_t x = 0; x < width; x++) {
      const uint16_t half = cexr_to_half(source[x], &writer->clamped_count);
      memcpy(target + 2 * x, &half, sizeof half);
    }
  }
}

// ---------------------------------------------------------------------------- chunks

// What has as many bytes as before is taken for not compressed, but the library would write it
// compressed (in 3.1, by zlib).
static exr_result_t compress_chunk(exr_encode_pipeline_t *pipeline) {
  const cexr_writer *writer = pipeline->encoding_user_data;
  exr_result_t result = writer->compress(pipeline);
  if (result == EXR_ERR_SUCCESS && pipeline->compressed_bytes >= pipeline->packed_bytes) {
    memcpy(pipeline->compressed_buffer, pipeline->packed_buffer, pipeline->packed_bytes);
    pipeline->compressed_bytes = pipeline->packed_bytes;
  }
  return result;
}

static exr_result_t set_chunk(cexr_writer *writer, const exr_chunk_info_t *chunk) {
  exr_encode_pipeline_t *pipeline = &writer->pipeline;
  if (writer->has_pipeline) return exr_encoding_update(writer->file, 0, chunk, pipeline);
  exr_result_t result = exr_encoding_initialize(writer->file, 0, chunk, pipeline);
  if (result != EXR_ERR_SUCCESS) return result;
  writer->has_pipeline = 1;
  const uint32_t size = sample_size(writer);
  for (int i = 0; i < pipeline->channel_count; i++) {
    exr_coding_channel_info_t *info = &pipeline->channels[i];
    // The library has them in the order of their names.
    for (uint32_t channel = 0; channel < writer->settings.channel_count; channel++) {
      if (strcmp(info->channel_name, channel_name(writer, channel)) != 0) continue;
      info->encode_from_ptr = writer->samples + channel * plane_size(writer);
    }
    info->user_pixel_stride = (int32_t)size;
    info->user_line_stride = (int32_t)(size * writer->width);
  }
  result = exr_encoding_choose_default_routines(writer->file, 0, pipeline);
  if (result == EXR_ERR_SUCCESS && pipeline->compress_fn != NULL) {
    writer->compress = pipeline->compress_fn;
    pipeline->encoding_user_data = writer;
    pipeline->compress_fn = compress_chunk;
  }
  return result;
}

// Encodes the chunk whose last row has come.
static exr_result_t write_chunk(cexr_writer *writer) {
  exr_result_t result = write_header(writer);
  if (result != EXR_ERR_SUCCESS) return result;
  const uint32_t first = (writer->row_count - 1) / writer->rows_per_chunk * writer->rows_per_chunk;
  exr_chunk_info_t chunk;
  memset(&chunk, 0, sizeof chunk);
  result = exr_write_scanline_chunk_info(
      writer->file, 0, (int)(writer->settings.data.top + (int64_t)first), &chunk);
  if (result == EXR_ERR_SUCCESS) result = set_chunk(writer, &chunk);
  return result == EXR_ERR_SUCCESS ? exr_encoding_run(writer->file, 0, &writer->pipeline) : result;
}

shim_status cexr_writer_add_rows(cexr_writer *writer, const float *rows, uint32_t count) {
  const size_t row_size = (size_t)writer->width * writer->settings.channel_count;
  for (uint32_t i = 0; i < count && writer->row_count < writer->height; i++) {
    put_row(writer, rows + i * row_size);
    writer->row_count++;
    if (writer->row_count % writer->rows_per_chunk != 0 && writer->row_count < writer->height) {
      continue;
    }
    cexr_call_begin(&writer->call);
    shim_status status = end_call(writer, write_chunk(writer));
    if (status != SHIM_STATUS_OK) return status;
  }
  return SHIM_STATUS_OK;
}

shim_status cexr_writer_finish(cexr_writer *writer) {
  cexr_call_begin(&writer->call);
  if (writer->has_pipeline) exr_encoding_destroy(writer->file, &writer->pipeline);
  writer->has_pipeline = 0;
  return end_call(writer, exr_finish(&writer->file));
}

#endif
