// Nothing where the library is absent and the package trait JPEG2000 off.
#if __has_include(<openjpeg-2.5/openjpeg.h>) || __has_include(<openjpeg.h>)

#include <stdlib.h>
#include <string.h>

#include "loading.h"

#include "CJP2Shim.h"

enum { buffer_size = 1 << 16, layer_limit = 100 };

struct cjp2_writer {
  cjp2_settings settings;
  float layers[layer_limit];
  char *comment;
  shim_write write;
  void *context;
  size_t position;
  int has_failed_to_write;
  opj_stream_t *stream;
  opj_codec_t *codec;
  opj_image_t *image;
  // A row of tiles: for each tile its channels one after the other, of each all rows.
  uint8_t *samples;
  uint32_t row_count;
  shim_report report;
};

// ---------------------------------------------------------------------------- the file

static OPJ_SIZE_T write_bytes(void *bytes, OPJ_SIZE_T count, void *data) {
  cjp2_writer *writer = data;
  if (writer->write(writer->context, writer->position, bytes, count) != 0) {
    writer->has_failed_to_write = 1;
    return (OPJ_SIZE_T)-1;
  }
  writer->position += count;
  return count;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *data) {
  cjp2_writer *writer = data;
  if (count < 0) return -1;
  writer->position += (size_t)count;
  return count;
}

static OPJ_BOOL seek(OPJ_OFF_T position, void *data) {
  cjp2_writer *writer = data;
  if (position < 0) return OPJ_FALSE;
  writer->position = (size_t)position;
  return OPJ_TRUE;
}

static void take_error(const char *text, void *data) {
  shim_report_complain(&((cjp2_writer *)data)->report, text);
}

// Warnings tell what the library makes of settings, which are ours.
static void drop_warning(const char *text, void *data) {
  (void)text;
  (void)data;
}

// ---------------------------------------------------------------------------- geometry

static uint32_t tile_columns(const cjp2_settings *settings) {
  return (settings->width - 1) / settings->tile_width + 1;
}

static uint32_t tile_rows(const cjp2_settings *settings) {
  return (settings->height - 1) / settings->tile_height + 1;
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

// The number of rows of the row of tiles in which a row lies.
static uint32_t height_at(const cjp2_settings *settings, uint32_t row) {
  uint32_t start = row / settings->tile_height * settings->tile_height;
  return smaller(settings->tile_height, settings->height - start);
}

// ---------------------------------------------------------------------------- life

static char *copy_of(const char *text) {
  size_t count = strlen(text) + 1;
  char *copy = malloc(count);
  if (copy != NULL) memcpy(copy, text, count);
  return copy;
}

cjp2_writer *cjp2_writer_create(const cjp2_settings *settings, const float *layers,
                                const char *comment, shim_write write, void *context) {
  cjp2_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->settings = *settings;
  writer->write = write;
  writer->context = context;
  for (int i = 0; i < settings->layer_count && i < layer_limit; i++) {
    writer->layers[i] = layers[i];
  }
  size_t rows = smaller(settings->tile_height, settings->height);
  writer->samples =
      malloc(rows * settings->width * settings->channel_count * (size_t)settings->sample_size);
  if (comment != NULL) writer->comment = copy_of(comment);
  if (writer->samples == NULL || (comment != NULL && writer->comment == NULL)) {
    cjp2_writer_destroy(writer);
    return NULL;
  }
  return writer;
}

void cjp2_writer_destroy(cjp2_writer *writer) {
  if (writer == NULL) return;
  if (writer->image != NULL) opj_image_destroy(writer->image);
  if (writer->codec != NULL) opj_destroy_codec(writer->codec);
  if (writer->stream != NULL) opj_stream_destroy(writer->stream);
  free(writer->samples);
  free(writer->comment);
  free(writer);
}

static shim_status fail(const cjp2_writer *writer) {
  return writer->has_failed_to_write ? SHIM_STATUS_CALLBACK_FAILED : SHIM_STATUS_FAILED;
}

const shim_report *cjp2_writer_report(const cjp2_writer *writer) { return &writer->report; }

int cjp2_writer_depth(const cjp2_writer *writer) { return writer->settings.depth; }

// ---------------------------------------------------------------------------- the start

static void set_archival(opj_cparameters_t *parameters) {
  // Precincts, and markers of packets (SOP, EPH).
  parameters->csty |= 1 | 2 | 4;
  // From the whole picture on; where no more are given the library would halve the last.
  parameters->res_spec = parameters->numresolution;
  for (int i = 0; i < parameters->res_spec; i++) {
    parameters->prcw_init[i] = parameters->prch_init[i] = i < 2 ? 256 : 128;
  }
  parameters->tp_on = 1;
  parameters->tp_flag = 'R';
}

static void set_parameters(const cjp2_writer *writer, opj_cparameters_t *parameters) {
  const cjp2_settings *settings = &writer->settings;
  opj_set_default_encoder_parameters(parameters);
  parameters->tcp_numlayers = settings->layer_count;
  parameters->cp_fixed_quality = settings->has_ratios_of_noise;
  parameters->cp_disto_alloc = !settings->has_ratios_of_noise;
  for (int i = 0; i < settings->layer_count && i < layer_limit; i++) {
    float *numbers =
        settings->has_ratios_of_noise ? parameters->tcp_distoratio : parameters->tcp_rates;
    numbers[i] = writer->layers[i];
  }
  parameters->numresolution = settings->levels + 1;
  parameters->irreversible = !settings->is_lossless;
  parameters->tcp_mct = (char)(settings->has_color_transform != 0);
  parameters->prog_order = (OPJ_PROG_ORDER)settings->progression;
  parameters->tile_size_on = OPJ_TRUE;
  parameters->cp_tdx = (int)settings->tile_width;
  parameters->cp_tdy = (int)settings->tile_height;
  // The library copies it.
  parameters->cp_comment = writer->comment;
  if (settings->is_archival) set_archival(parameters);
}

static opj_image_t *make_image(const cjp2_settings *settings) {
  opj_image_cmptparm_t channels[4];
  memset(channels, 0, sizeof channels);
  for (uint32_t i = 0; i < settings->channel_count && i < 4; i++) {
    channels[i].dx = channels[i].dy = 1;
    channels[i].w = settings->width;
    channels[i].h = settings->height;
    channels[i].prec = (OPJ_UINT32)settings->depth;
  }
  opj_image_t *image =
      opj_image_tile_create(settings->channel_count, channels, OPJ_CLRSPC_UNSPECIFIED);
  if (image == NULL) return NULL;
  image->x1 = settings->width;
  image->y1 = settings->height;
  return image;
}

// As many tile-parts as the library indexes in one marker (TLM).
enum { indexed_part_limit = 10921 };

static int set_indices(const cjp2_writer *writer) {
  const cjp2_settings *settings = &writer->settings;
  if (!settings->is_archival) return 1;
  uint64_t part_count = (uint64_t)tile_columns(settings) * tile_rows(settings) *
                        ((uint64_t)settings->levels + 1);
  const char *const both[] = {"PLT=YES", "TLM=YES", NULL};
  const char *const one[] = {"PLT=YES", NULL};
  return opj_encoder_set_extra_options(writer->codec,
                                       part_count <= indexed_part_limit ? both : one);
}

static shim_status start(cjp2_writer *writer) {
  writer->stream = opj_stream_create(buffer_size, OPJ_STREAM_WRITE);
  writer->codec = opj_create_compress(OPJ_CODEC_J2K);
  writer->image = make_image(&writer->settings);
  if (writer->stream == NULL || writer->codec == NULL || writer->image == NULL) {
    return SHIM_STATUS_OUT_OF_MEMORY;
  }
  opj_stream_set_write_function(writer->stream, write_bytes);
  opj_stream_set_skip_function(writer->stream, skip_bytes);
  opj_stream_set_seek_function(writer->stream, seek);
  opj_stream_set_user_data(writer->stream, writer, NULL);
  opj_set_error_handler(writer->codec, take_error, writer);
  opj_set_warning_handler(writer->codec, drop_warning, writer);
  opj_cparameters_t *parameters = malloc(sizeof *parameters);
  if (parameters == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  set_parameters(writer, parameters);
  int is_done = opj_setup_encoder(writer->codec, parameters, writer->image);
  free(parameters);
  if (!is_done || !set_indices(writer)) return fail(writer);
  if (writer->settings.thread_count > 1) {
    opj_codec_set_threads(writer->codec, writer->settings.thread_count);
  }
  if (!opj_start_compress(writer->codec, writer->image, writer->stream)) return fail(writer);
  return SHIM_STATUS_OK;
}

// ---------------------------------------------------------------------------- samples

static unsigned sample_at(const uint8_t *samples, size_t index, int size) {
  if (size == 1) return samples[index];
  uint16_t sample;
  memcpy(&sample, samples + 2 * index, sizeof sample);
  return sample;
}

static void put_row(cjp2_writer *writer, const uint8_t *row) {
  const cjp2_settings *settings = &writer->settings;
  const size_t size = (size_t)settings->sample_size;
  const uint32_t channels = settings->channel_count;
  const size_t rows = height_at(settings, writer->row_count);
  const size_t y = writer->row_count % settings->tile_height;
  for (uint32_t x = 0; x < settings->width; x += settings->tile_width) {
    const uint32_t width = smaller(settings->tile_width, settings->width - x);
    uint8_t *tile = writer->samples + (size_t)x * rows * channels * size;
    for (uint32_t channel = 0; channel < channels; channel++) {
      uint8_t *target = tile + ((size_t)channel * rows + y) * width * size;
      const uint8_t *source = row + ((size_t)x * channels + channel) * size;
      for (uint32_t i = 0; i < width; i++) {
        memcpy(target + i * size, source + (size_t)i * channels * size, size);
      }
    }
  }
}

static unsigned reduced(unsigned sample, unsigned full, unsigned maximum) {
  return (sample * maximum + full / 2) / full;
}

// Whether all samples are those that a depth's own are scaled to.
static int survive(const cjp2_writer *writer, size_t count) {
  const int size = writer->settings.sample_size;
  const unsigned full = size == 1 ? 255 : 65535;
  const unsigned maximum = (1u << writer->settings.depth) - 1;
  for (size_t i = 0; i < count; i++) {
    unsigned sample = sample_at(writer->samples, i, size);
    if ((reduced(sample, full, maximum) * full + maximum / 2) / maximum != sample) return 0;
  }
  return 1;
}

// Scales samples to the depth, in place; those of up to 8 bits take one byte then.
static void reduce(const cjp2_writer *writer, size_t count) {
  const int size = writer->settings.sample_size;
  const int depth = writer->settings.depth;
  const unsigned full = size == 1 ? 255 : 65535;
  const unsigned maximum = (1u << depth) - 1;
  if (full == maximum) return;
  for (size_t i = 0; i < count; i++) {
    unsigned value = reduced(sample_at(writer->samples, i, size), full, maximum);
    if (depth <= 8) {
      writer->samples[i] = (uint8_t)value;
    } else {
      uint16_t sample = (uint16_t)value;
      memcpy(writer->samples + 2 * i, &sample, sizeof sample);
    }
  }
}

// ---------------------------------------------------------------------------- tiles

// Encodes the row of tiles whose last row has come.
static shim_status write_tiles(cjp2_writer *writer) {
  cjp2_settings *settings = &writer->settings;
  const uint32_t last_row = writer->row_count - 1;
  const size_t rows = height_at(settings, last_row);
  const size_t count = rows * settings->width * settings->channel_count;
  if (settings->is_depth_tentative && !survive(writer, count)) {
    settings->depth = 8 * settings->sample_size;
  }
  if (writer->codec == NULL) {
    shim_status status = start(writer);
    if (status != SHIM_STATUS_OK) return status;
  }
  reduce(writer, count);
  const size_t size = settings->depth <= 8 ? 1 : 2;
  uint32_t tile = last_row / settings->tile_height * tile_columns(settings);
  for (uint32_t x = 0; x < settings->width; x += settings->tile_width, tile++) {
    const size_t width = smaller(settings->tile_width, settings->width - x);
    uint8_t *samples = writer->samples + (size_t)x * rows * settings->channel_count * size;
    const size_t byte_count = width * rows * settings->channel_count * size;
    if (!opj_write_tile(writer->codec, tile, samples, (OPJ_UINT32)byte_count, writer->stream)) {
      return fail(writer);
    }
  }
  return SHIM_STATUS_OK;
}

shim_status cjp2_writer_add_rows(cjp2_writer *writer, const uint8_t *rows, uint32_t count) {
  const cjp2_settings *settings = &writer->settings;
  const size_t row_size =
      (size_t)settings->width * settings->channel_count * (size_t)settings->sample_size;
  for (uint32_t i = 0; i < count && writer->row_count < settings->height; i++) {
    put_row(writer, rows + i * row_size);
    writer->row_count++;
    if (writer->row_count % settings->tile_height != 0 && writer->row_count < settings->height) {
      continue;
    }
    shim_status status = write_tiles(writer);
    if (status != SHIM_STATUS_OK) return status;
  }
  return SHIM_STATUS_OK;
}

shim_status cjp2_writer_finish(cjp2_writer *writer) {
  if (!opj_end_compress(writer->codec, writer->stream)) return fail(writer);
  return SHIM_STATUS_OK;
}

#endif
