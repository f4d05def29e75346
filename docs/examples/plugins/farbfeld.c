// farbfeld (tools.suckless.org/farbfeld), as a plugin: 16-bit RGB with alpha, rows without a gap.
//
//     cc -shared -fPIC -I DIR farbfeld.c -o farbfeld.so      # DIR: where format_plugin.h lies

#include <stdlib.h>
#include <string.h>

#include "format_plugin.h"

enum { HEAD = 16, CHANNELS = 4, SAMPLE = 2 };

static const uint8_t magic[8] = {'f', 'a', 'r', 'b', 'f', 'e', 'l', 'd'};

// One file that is read or written: there is only one in a process, and it ends with it.
static struct {
  format_host host;
  uint64_t offset;  // of the next row
  size_t row_size;
  uint8_t *row;
} file;

static uint32_t big32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static format_status fail(format_status status, int64_t offset, const char *reason) {
  file.host.fail(file.host.context, offset, reason);
  return status;
}

static format_status start(const format_host *host, uint32_t width) {
  file.host = *host;
  file.offset = HEAD;
  file.row_size = (size_t)width * CHANNELS * SAMPLE;
  file.row = malloc(file.row_size);
  return file.row == NULL ? FORMAT_OUT_OF_MEMORY : FORMAT_OK;
}

static format_status open_file(const format_host *host, format_image *image, void **reader) {
  uint8_t head[HEAD];
  file.host = *host;
  ptrdiff_t count = host->read(host->context, 0, head, HEAD);
  if (count < 0) return FORMAT_IO;
  if (count < HEAD) return fail(FORMAT_TRUNCATED, count, "its head is not all there");
  image->width = big32(head + 8);
  image->height = big32(head + 12);
  image->layout = (format_layout){CHANNELS, 8 * SAMPLE};
  if (image->width == 0 || image->height == 0) return fail(FORMAT_MALFORMED, 8, "it has no pixels");
  // Before memory is taken: rows that the file cannot hold.
  if (image->width > (host->input_size - HEAD) / (CHANNELS * SAMPLE))
    return fail(FORMAT_TRUNCATED, (int64_t)host->input_size, "it ends in its first row");
  *reader = &file;
  return start(host, image->width);
}

static format_status read_rows(void *reader, void *rows, uint32_t count) {
  (void)reader;
  for (uint32_t y = 0; y < count; y++) {
    ptrdiff_t got = file.host.read(file.host.context, file.offset, file.row, file.row_size);
    if (got < 0) return FORMAT_IO;
    if ((size_t)got < file.row_size)
      return fail(FORMAT_TRUNCATED, (int64_t)file.offset + got, "rows are missing");
    uint16_t *samples = (uint16_t *)((uint8_t *)rows + y * file.row_size);
    for (size_t k = 0; k < file.row_size / SAMPLE; k++)
      samples[k] = (uint16_t)(file.row[2 * k] << 8 | file.row[2 * k + 1]);
    file.offset += file.row_size;
  }
  return FORMAT_OK;
}

static format_status put(const void *bytes, size_t count) {
  return file.host.write(file.host.context, bytes, count) ? FORMAT_OK : FORMAT_IO;
}

static format_status create(const format_host *host, const format_image *image,
                            const format_settings *settings, void **writer) {
  (void)settings;  // it is lossless, and there is nothing to choose
  uint8_t head[HEAD];
  memcpy(head, magic, sizeof magic);
  for (int k = 0; k < 4; k++) {
    head[8 + k] = (uint8_t)(image->width >> (24 - 8 * k));
    head[12 + k] = (uint8_t)(image->height >> (24 - 8 * k));
  }
  format_status status = start(host, image->width);
  *writer = &file;
  return status == FORMAT_OK ? put(head, HEAD) : status;
}

static format_status write_rows(void *writer, const void *rows, uint32_t count) {
  (void)writer;
  for (uint32_t y = 0; y < count; y++) {
    const uint16_t *samples = (const uint16_t *)((const uint8_t *)rows + y * file.row_size);
    for (size_t k = 0; k < file.row_size / SAMPLE; k++) {
      file.row[2 * k] = (uint8_t)(samples[k] >> 8);
      file.row[2 * k + 1] = (uint8_t)samples[k];
    }
    format_status status = put(file.row, file.row_size);
    if (status != FORMAT_OK) return status;
  }
  return FORMAT_OK;
}

static format_status finish(void *writer) {
  (void)writer;
  return FORMAT_OK;
}

static const char *const extensions[] = {"ff", "farbfeld", NULL};
static const char *const media_types[] = {"image/x-farbfeld", NULL};
static const format_signature signature = {.count = sizeof magic, .bytes = magic};
static const format_layout layout = {CHANNELS, 8 * SAMPLE};

static const format_plugin plugin = {
    .size = sizeof plugin,
    .version = FORMAT_PLUGIN_VERSION,
    .id = "org.suckless.farbfeld",
    .name = "farbfeld",
    .library = "no library",
    .extensions = extensions,
    .media_types = media_types,
    .signatures = &signature,
    .signature_count = 1,
    .open = open_file,
    .read_rows = read_rows,
    .layouts = &layout,
    .layout_count = 1,
    .largest_side = INT32_MAX,
    .losslessness = FORMAT_ALWAYS_LOSSLESS,
    .default_quality = -1,
    .create = create,
    .write_rows = write_rows,
    .finish = finish,
};

const format_plugin *format_plugin_table(void) { return &plugin; }
