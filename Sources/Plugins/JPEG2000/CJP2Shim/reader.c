// Nothing where the library is absent and the package trait JPEG2000 off.
#if __has_include(<openjpeg-2.5/openjpeg.h>) || __has_include(<openjpeg.h>)

#include <stdlib.h>
#include <string.h>

#include "loading.h"

#include "CJP2Shim.h"

enum { buffer_size = 1 << 16 };

struct cjp2_reader {
  shim_read read;
  shim_is_cancelled is_cancelled;
  void *context;
  size_t offset;
  size_t byte_count;
  size_t position;
  int has_failed_to_read;
  int was_cancelled;
  // Whether more was asked for than there is.
  int has_ended;
  int has_met_unknown;
  opj_stream_t *stream;
  opj_codec_t *codec;
  opj_image_t *image;
  shim_report report;
};

// ---------------------------------------------------------------------------- the file

static OPJ_SIZE_T read_bytes(void *bytes, OPJ_SIZE_T count, void *data) {
  cjp2_reader *reader = data;
  if (reader->is_cancelled(reader->context)) {
    reader->was_cancelled = 1;
    return (OPJ_SIZE_T)-1;
  }
  if (reader->position >= reader->byte_count) {
    reader->has_ended = 1;
    return (OPJ_SIZE_T)-1;
  }
  size_t left = reader->byte_count - reader->position;
  ptrdiff_t done = reader->read(reader->context, reader->offset + reader->position, bytes,
                                count < left ? count : left);
  if (done <= 0) {
    reader->has_failed_to_read = 1;
    return (OPJ_SIZE_T)-1;
  }
  reader->position += (size_t)done;
  return (OPJ_SIZE_T)done;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *data) {
  cjp2_reader *reader = data;
  if (count < 0) return -1;
  size_t left = reader->byte_count - reader->position;
  if ((uint64_t)count > left) {
    reader->has_ended = 1;
    reader->position = reader->byte_count;
    return left > 0 ? (OPJ_OFF_T)left : -1;
  }
  reader->position += (size_t)count;
  return count;
}

static OPJ_BOOL seek(OPJ_OFF_T position, void *data) {
  cjp2_reader *reader = data;
  if (position < 0 || (uint64_t)position > reader->byte_count) return OPJ_FALSE;
  reader->position = (size_t)position;
  return OPJ_TRUE;
}

// ---------------------------------------------------------------------------- messages

static void take_error(const char *text, void *data) {
  shim_report_complain(&((cjp2_reader *)data)->report, text);
}

static void take_warning(const char *text, void *data) {
  shim_report_warn(&((cjp2_reader *)data)->report, text);
}

const shim_report *cjp2_reader_report(const cjp2_reader *reader) { return &reader->report; }

// ---------------------------------------------------------------------------- life

cjp2_reader *cjp2_reader_create(shim_read read, shim_is_cancelled is_cancelled, void *context) {
  cjp2_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->is_cancelled = is_cancelled;
  reader->context = context;
  return reader;
}

static void close_codec(cjp2_reader *reader) {
  if (reader->image != NULL) opj_image_destroy(reader->image);
  if (reader->codec != NULL) opj_destroy_codec(reader->codec);
  if (reader->stream != NULL) opj_stream_destroy(reader->stream);
  reader->image = NULL;
  reader->codec = NULL;
  reader->stream = NULL;
}

void cjp2_reader_destroy(cjp2_reader *reader) {
  if (reader == NULL) return;
  close_codec(reader);
  free(reader);
}

static shim_status fail(cjp2_reader *reader) {
  if (reader->was_cancelled) return SHIM_STATUS_CANCELLED;
  if (reader->has_failed_to_read) return SHIM_STATUS_CALLBACK_FAILED;
  return reader->has_ended ? SHIM_STATUS_TRUNCATED : SHIM_STATUS_MALFORMED;
}

shim_status cjp2_reader_open(cjp2_reader *reader, cjp2_input input) {
  close_codec(reader);
  reader->offset = input.offset;
  reader->byte_count = input.byte_count;
  reader->position = 0;
  reader->stream = opj_stream_create(buffer_size, OPJ_STREAM_READ);
  reader->codec = opj_create_decompress(OPJ_CODEC_J2K);
  if (reader->stream == NULL || reader->codec == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  opj_stream_set_read_function(reader->stream, read_bytes);
  opj_stream_set_skip_function(reader->stream, skip_bytes);
  opj_stream_set_seek_function(reader->stream, seek);
  opj_stream_set_user_data(reader->stream, reader, NULL);
  opj_stream_set_user_data_length(reader->stream, input.byte_count);
  opj_set_error_handler(reader->codec, take_error, reader);
  opj_set_warning_handler(reader->codec, take_warning, reader);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (!opj_setup_decoder(reader->codec, &parameters)) return SHIM_STATUS_OUT_OF_MEMORY;
  opj_decoder_set_strict_mode(reader->codec, !input.takes_cut_tiles);
  if (input.thread_count > 1) opj_codec_set_threads(reader->codec, input.thread_count);
  if (!opj_read_header(reader->stream, reader->codec, &reader->image)) return fail(reader);
  if (input.reduction > 0 &&
      !opj_set_decoded_resolution_factor(reader->codec, input.reduction)) {
    return fail(reader);
  }
  return SHIM_STATUS_OK;
}

// ---------------------------------------------------------------------------- pixels

static shim_status end_decoding(cjp2_reader *reader, OPJ_BOOL is_done) {
  // A callback that fails may be taken for the end of the data.
  if (reader->was_cancelled || reader->has_failed_to_read || !is_done) return fail(reader);
  return SHIM_STATUS_OK;
}

shim_status cjp2_reader_decode_tile(cjp2_reader *reader, uint32_t tile) {
  return end_decoding(
      reader, opj_get_decoded_tile(reader->codec, reader->stream, reader->image, tile));
}

shim_status cjp2_reader_decode(cjp2_reader *reader) {
  return end_decoding(reader, opj_decode(reader->codec, reader->stream, reader->image));
}

// The number of a sample within what has been decoded.
static size_t place(uint32_t pixel, uint32_t step, uint32_t first, uint32_t count) {
  uint32_t sample = step == 1 ? pixel : pixel / step;
  if (sample <= first) return 0;
  return sample - first < count ? sample - first : count - 1;
}

static int32_t clamp(int64_t value, int32_t maximum) {
  return value < 0 ? 0 : value > maximum ? maximum : (int32_t)value;
}

static void put(uint8_t *pixels, size_t index, uint16_t sample, int sample_size) {
  if (sample_size == 1) {
    pixels[index] = (uint8_t)sample;
  } else {
    memcpy(pixels + 2 * index, &sample, sizeof sample);
  }
}

typedef struct plane_row {
  const cjp2_channel *channel;
  const int32_t *samples;
  uint32_t width;
} plane_row;

static plane_row row_of(const cjp2_reader *reader, const cjp2_channel *channel, uint32_t y) {
  const opj_image_comp_t *plane = &reader->image->comps[channel->component];
  size_t row = place(y, channel->step_y, channel->first_y, plane->h);
  return (plane_row){channel, plane->data + row * plane->w, plane->w};
}

static int64_t sample_of(plane_row row, uint32_t x) {
  size_t column = place(x, row.channel->step_x, row.channel->first_x, row.width);
  return (int64_t)row.samples[column] + row.channel->offset;
}

// Returns the largest value.
static int32_t copy_row(plane_row row, cjp2_area area, int sample_size, uint8_t *pixels,
                        size_t channel, size_t channel_count) {
  const cjp2_channel *map = row.channel;
  int32_t largest = 0;
  if (map->step_x == 1 && area.x >= map->first_x &&
      area.x - map->first_x + (uint64_t)area.width <= row.width) {
    const int32_t *samples = row.samples + (area.x - map->first_x);
    for (uint32_t x = 0; x < area.width; x++) {
      int32_t value = clamp((int64_t)samples[x] + map->offset, map->maximum);
      if (value > largest) largest = value;
      put(pixels, x * channel_count + channel, map->samples[value], sample_size);
    }
    return largest;
  }
  for (uint32_t x = 0; x < area.width; x++) {
    int32_t value = clamp(sample_of(row, area.x + x), map->maximum);
    if (value > largest) largest = value;
    put(pixels, x * channel_count + channel, map->samples[value], sample_size);
  }
  return largest;
}

// The inverse of the transform of sYCC (IEC 61966-2-1, amendment 1, annex F).
static void copy_ycc_row(const plane_row rows[3], cjp2_area area, int sample_size,
                         uint8_t *pixels, size_t channel_count) {
  const int32_t maximum = rows[0].channel->maximum;
  const double half = (maximum + 1) / 2;
  for (uint32_t x = 0; x < area.width; x++) {
    double luma = (double)sample_of(rows[0], area.x + x);
    double blue = (double)sample_of(rows[1], area.x + x) - half;
    double red = (double)sample_of(rows[2], area.x + x) - half;
    double colors[3] = {luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red,
                        luma + 1.772 * blue};
    for (size_t i = 0; i < 3; i++) {
      double rounded = colors[i] < 0 ? 0 : colors[i] > maximum ? maximum : colors[i] + 0.5;
      put(pixels, x * channel_count + i, rows[i].channel->samples[clamp((int64_t)rounded, maximum)],
          sample_size);
    }
  }
}

static int has_samples(const cjp2_reader *reader, uint32_t component) {
  if (component >= reader->image->numcomps) return 0;
  const opj_image_comp_t *plane = &reader->image->comps[component];
  return plane->data != NULL && plane->w > 0 && plane->h > 0;
}

shim_status cjp2_reader_copy(cjp2_reader *reader, const cjp2_channel *channels,
                             size_t channel_count, int is_ycc, cjp2_area area, int sample_size,
                             uint8_t *pixels, size_t bytes_per_row) {
  for (size_t i = 0; i < channel_count; i++) {
    if (has_samples(reader, channels[i].component)) continue;
    return shim_report_fail(&reader->report, SHIM_STATUS_MALFORMED,
                            "a component has no samples");
  }
  for (uint32_t y = 0; y < area.height; y++, pixels += bytes_per_row) {
    size_t next = 0;
    if (is_ycc) {
      plane_row rows[3];
      for (; next < 3; next++) rows[next] = row_of(reader, &channels[next], area.y + y);
      copy_ycc_row(rows, area, sample_size, pixels, channel_count);
    }
    for (; next < channel_count; next++) {
      int32_t largest = copy_row(row_of(reader, &channels[next], area.y + y), area, sample_size,
                                 pixels, next, channel_count);
      if (largest > channels[next].last_known) reader->has_met_unknown = 1;
    }
  }
  return SHIM_STATUS_OK;
}

int cjp2_reader_has_met_unknown(const cjp2_reader *reader) { return reader->has_met_unknown; }

#endif
