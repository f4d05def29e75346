// A plugin that does what a test asks for: FAULT says where it goes wrong. Its files are "TOY!",
// two bytes of size, then gray of 8 bits; written, followed by what was asked for.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format_plugin.h"

enum {  // FAULT
  NOTHING, CRASH_IN_OPEN, CRASH_IN_ROWS, HANG_IN_ROWS, NO_SIZE, TOO_LARGE, NO_LAYOUT, NO_REASON,
  CRASH_IN_WRITE, OTHER_FORMAT, CLASH, OLD_VERSION, NO_IDENTITY, LOOSE_SIGNATURE, HANG_IN_TABLE,
  NO_MEMORY, LOUD, LOSING, BAD_OPTION, GARBAGE,
};

static format_host host;
static uint64_t offset = 6;
static uint32_t width;

static void go_wrong(int fault) {
  if (FAULT == fault) raise(SIGSEGV);
}

static format_status open_file(const format_host *from, format_image *image, void **reader) {
  host = *from;
  go_wrong(CRASH_IN_OPEN);
  if (FAULT == GARBAGE) {
    // As a plugin whose memory is overwritten might: into every descriptor there is.
    char bytes[4096];
    memset(bytes, 0xEE, sizeof bytes);
    for (int descriptor = 1; descriptor < 64; descriptor++)
      if (write(descriptor, bytes, sizeof bytes) < 0) continue;
  }
  if (FAULT == LOUD) {
    puts("a library that prints");
    fflush(stdout);
  }
  uint8_t head[6];
  if (host.read(host.context, 0, head, sizeof head) != sizeof head) return FORMAT_IO;
  if (FAULT == NO_REASON) return FORMAT_MALFORMED;
  if (FAULT == NO_MEMORY) {
    void *volatile memory = malloc(host.memory_limit + (256u << 20));
    return memory == NULL ? FORMAT_OUT_OF_MEMORY : FORMAT_FAILURE;
  }
  if (FAULT == LOSING) host.lose(host.context, "the toys are\nleft out");
  image->width = FAULT == NO_SIZE ? 0 : FAULT == TOO_LARGE ? 1u << 30 : head[4];
  image->height = FAULT == TOO_LARGE ? 1u << 30 : head[5];
  image->layout = (format_layout){FAULT == NO_LAYOUT ? 7 : 1, 8};
  width = image->width;
  *reader = &host;
  return FORMAT_OK;
}

static format_status read_rows(void *reader, void *rows, uint32_t count) {
  (void)reader;
  go_wrong(CRASH_IN_ROWS);
  while (FAULT == HANG_IN_ROWS) sleep(1);
  size_t size = (size_t)width * count;
  if (host.read(host.context, offset, rows, size) != (ptrdiff_t)size) {
    host.fail(host.context, (int64_t)offset, "pixels are missing");
    return FORMAT_TRUNCATED;
  }
  offset += size;
  return FORMAT_OK;
}

static char note[500];

static format_status create(const format_host *from, const format_image *image,
                            const format_settings *settings, void **writer) {
  host = *from;
  width = image->width;
  uint8_t head[6] = {'T', 'O', 'Y', '!', (uint8_t)image->width, (uint8_t)image->height};
  if (FAULT == OTHER_FORMAT) head[0] = 'B';
  int used = snprintf(note, sizeof note, "quality %g lossless %d effort %d icc %zu density %g",
                      settings->quality, settings->lossless, settings->effort, image->icc.count,
                      image->x_density);
  for (size_t k = 0; k < settings->option_count; k++)
    used += snprintf(note + used, sizeof note - (size_t)used, " %s=%s", settings->keys[k],
                     settings->texts[k]);
  *writer = &host;
  if (FAULT == BAD_OPTION) {
    host.fail(host.context, -1, "toys have no such quality");
    return FORMAT_INVALID_OPTION;
  }
  return host.write(host.context, head, sizeof head) ? FORMAT_OK : FORMAT_IO;
}

static format_status write_rows(void *writer, const void *rows, uint32_t count) {
  (void)writer;
  go_wrong(CRASH_IN_WRITE);
  return host.write(host.context, rows, (size_t)width * count) ? FORMAT_OK : FORMAT_IO;
}

static format_status finish(void *writer) {
  (void)writer;
  return host.write(host.context, note, strlen(note)) ? FORMAT_OK : FORMAT_IO;
}

const format_plugin *format_plugin_table(void) {
  static const char *const extensions[] = {FAULT == CLASH ? "tif" : "toy", NULL};
  static const char *const media_types[] = {"image/x-toy", NULL};
  static const uint8_t magic[] = {'T', 'O', 'Y', '!'};
  static const format_signature signature = {.count = FAULT == LOOSE_SIGNATURE ? 1 : 4, .bytes = magic};
  static const format_layout layout = {1, 8};
  static const char *const colors[] = {"red", "blue", NULL};
  static const format_option options[] = {
      {.size = sizeof(format_option), .key = "wheels", .kind = FORMAT_INTEGER, .minimum = 1,
       .maximum = 8, .standard = "4", .summary = "how many there are"},
      {.size = sizeof(format_option), .key = "color", .kind = FORMAT_CHOICE, .choices = colors,
       .standard = "red", .summary = "what it looks like"},
  };
  static const format_plugin plugin = {
      .size = sizeof plugin, .version = FORMAT_PLUGIN_VERSION + (FAULT == OLD_VERSION),
      .id = FAULT == NO_IDENTITY ? "toy" : "org.example.toy", .name = "Toys", .library = "libtoy 1",
      .extensions = extensions, .media_types = media_types, .signatures = &signature,
      .signature_count = 1, .open = open_file, .read_rows = read_rows, .layouts = &layout,
      .layout_count = 1, .largest_side = 255, .keeps = FORMAT_KEEPS_ICC | FORMAT_KEEPS_DENSITY,
      .losslessness = FORMAT_LOSSLESS_IF_ASKED, .default_quality = 60, .options = options,
      .option_count = 2, .create = create, .write_rows = write_rows, .finish = finish};
  while (FAULT == HANG_IN_TABLE) sleep(1);
  return &plugin;
}
