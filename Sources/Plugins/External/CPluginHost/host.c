// A process that holds one plugin.

#define _POSIX_C_SOURCE 200809L

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "internal.h"

enum {
  LONGEST_REASON = 500,
  // The largest frame of bytes that is sent at once.
  PIECE = 1 << 20,
};

typedef struct host {
  channel channel;
  const format_plugin *plugin;
  void *reader, *writer;
  size_t row_size;    // of what is read or written, in bytes
  uint32_t rows_left;
  format_host functions;
  char reason[LONGEST_REASON + 1];
  int64_t offset;
} host;

static ptrdiff_t host_read(void *context, uint64_t offset, void *bytes, size_t count) {
  host *h = context;
  size_t done = 0;
  while (done < count) {
    uint64_t wish[2] = {offset + done, count - done < PIECE ? count - done : PIECE};
    channel_send(&h->channel, PLUGIN_NEED, wish, sizeof wish);
    if (channel_receive(&h->channel) != PLUGIN_BYTES || h->channel.received.count > wish[1]) _exit(1);
    if (h->channel.received.count == 0) break;
    memcpy((uint8_t *)bytes + done, h->channel.received.bytes, h->channel.received.count);
    done += h->channel.received.count;
  }
  return (ptrdiff_t)done;
}

static int host_write(void *context, const void *bytes, size_t count) {
  host *h = context;
  for (size_t done = 0, piece; done < count; done += piece) {
    piece = count - done < PIECE ? count - done : PIECE;
    channel_send(&h->channel, PLUGIN_OUTPUT, (const uint8_t *)bytes + done, piece);
  }
  return 1;
}

static void tell(const host *h, enum plugin_frame kind, const char *what) {
  if (what != NULL) channel_send(&h->channel, kind, what, strnlen(what, LONGEST_REASON));
}

static void host_lose(void *context, const char *what) { tell(context, PLUGIN_LOSS, what); }

static void host_warn(void *context, const char *what) { tell(context, PLUGIN_WARNING, what); }

static void host_fail(void *context, int64_t offset, const char *reason) {
  host *h = context;
  h->offset = offset;
  size_t count = reason == NULL ? 0 : strnlen(reason, LONGEST_REASON);
  if (count > 0) memcpy(h->reason, reason, count);
  h->reason[count] = 0;
}

static void answer_failure(host *h, format_status status) {
  uint32_t number = (uint32_t)status;
  uint8_t content[sizeof number + sizeof h->offset + LONGEST_REASON];
  size_t count = strlen(h->reason);
  memcpy(content, &number, sizeof number);
  memcpy(content + sizeof number, &h->offset, sizeof h->offset);
  memcpy(content + sizeof number + sizeof h->offset, h->reason, count);
  channel_send(&h->channel, PLUGIN_FAILED, content, sizeof number + sizeof h->offset + count);
  host_fail(h, -1, NULL);
}

static void refuse(host *h, const char *reason) {
  host_fail(h, -1, reason);
  answer_failure(h, FORMAT_FAILURE);
}

static void answer(host *h, format_status status) {
  if (status == FORMAT_OK) channel_send(&h->channel, PLUGIN_DONE, NULL, 0);
  else answer_failure(h, status);
}

static void put_bytes(buffer *to, enum plugin_field tag, format_bytes bytes) {
  if (bytes.count > 0) buffer_put_field(to, tag, bytes.bytes, bytes.count);
}

/// Takes a value of just so many bytes; the other side sends no other.
static void take(void *value, size_t size, const uint8_t *bytes, size_t count) {
  if (count != size) _exit(1);
  memcpy(value, bytes, size);
}

static void open_file(host *h) {
  format_image image = {.size = sizeof image};
  if (h->reader != NULL) _exit(1);
  take(&h->functions.input_size, sizeof h->functions.input_size, h->channel.received.bytes,
       h->channel.received.count);
  if (h->plugin->open == NULL) return refuse(h, "it does not read");
  format_status status = h->plugin->open(&h->functions, &image, &h->reader);
  if (status != FORMAT_OK) return answer_failure(h, status);
  plugin_image_numbers numbers = {
      .width = image.width, .height = image.height, .channels = image.layout.channels,
      .bits = image.layout.bits, .significant_bits = image.significant_bits,
      .x_density = image.x_density, .y_density = image.y_density};
  h->row_size = (size_t)image.width * image.layout.channels * (image.layout.bits / 8);
  h->rows_left = image.height;
  buffer content = {0};
  buffer_put_field(&content, PLUGIN_FIELD_IMAGE, &numbers, sizeof numbers);
  put_bytes(&content, PLUGIN_FIELD_ICC, image.icc);
  put_bytes(&content, PLUGIN_FIELD_EXIF, image.exif);
  put_bytes(&content, PLUGIN_FIELD_XMP, image.xmp);
  channel_send(&h->channel, PLUGIN_IMAGE, content.bytes, content.count);
  free(content.bytes);
}

static void read_rows(host *h) {
  uint32_t count;
  take(&count, sizeof count, h->channel.received.bytes, h->channel.received.count);
  if (h->reader == NULL || count > h->rows_left) _exit(1);
  size_t size = count * h->row_size;
  uint8_t *rows = calloc(size > 0 ? size : 1, 1);
  if (rows == NULL) {
    answer_failure(h, FORMAT_OUT_OF_MEMORY);
    return;
  }
  format_status status = h->plugin->read_rows(h->reader, rows, count);
  if (status == FORMAT_OK) {
    h->rows_left -= count;
    channel_send(&h->channel, PLUGIN_ROWS, rows, size);
  } else {
    answer_failure(h, status);
  }
  free(rows);
}

enum { MOST_VALUES = 64 };

static void create_file(host *h) {
  format_image image = {.size = sizeof image};
  const char *keys[MOST_VALUES], *texts[MOST_VALUES];
  format_settings settings = {.size = sizeof settings, .keys = keys, .texts = texts};
  // The plugin's calls of the host use the channel's buffer again.
  buffer content = h->channel.received;
  h->channel.received = (buffer){0};
  fields rest = {content.bytes, content.bytes + content.count};
  enum plugin_field tag;
  const uint8_t *bytes;
  size_t count;
  while (fields_next(&rest, &tag, &bytes, &count)) {
    format_bytes block = {bytes, count};
    switch (tag) {
      case PLUGIN_FIELD_IMAGE: {
        plugin_image_numbers n;
        take(&n, sizeof n, bytes, count);
        image.width = n.width;
        image.height = n.height;
        image.layout = (format_layout){(uint8_t)n.channels, (uint8_t)n.bits};
        image.significant_bits = (uint16_t)n.significant_bits;
        image.x_density = n.x_density;
        image.y_density = n.y_density;
        break;
      }
      case PLUGIN_FIELD_ICC: image.icc = block; break;
      case PLUGIN_FIELD_EXIF: image.exif = block; break;
      case PLUGIN_FIELD_XMP: image.xmp = block; break;
      case PLUGIN_FIELD_SETTINGS: {
        plugin_settings_numbers n;
        take(&n, sizeof n, bytes, count);
        settings.quality = n.quality;
        settings.lossless = n.lossless;
        settings.effort = n.effort;
        break;
      }
      case PLUGIN_FIELD_VALUE: {
        const char *key = (const char *)bytes, *text = memchr(key, 0, count);
        if (text == NULL || bytes[count - 1] != 0 || settings.option_count == MOST_VALUES) _exit(1);
        keys[settings.option_count] = key;
        texts[settings.option_count++] = text + 1;
        break;
      }
      default: _exit(1);
    }
  }
  if (h->writer != NULL) _exit(1);
  h->row_size = (size_t)image.width * image.layout.channels * (image.layout.bits / 8);
  h->rows_left = image.height;
  if (!plugin_writes(h->plugin)) refuse(h, "it does not write");
  else answer(h, h->plugin->create(&h->functions, &image, &settings, &h->writer));
  free(content.bytes);
}

static void write_rows(host *h) {
  buffer rows = h->channel.received;
  h->channel.received = (buffer){0};
  if (h->writer == NULL || h->row_size == 0 || rows.count % h->row_size != 0) _exit(1);
  uint32_t count = (uint32_t)(rows.count / h->row_size);
  if (count > h->rows_left) _exit(1);
  h->rows_left -= count;
  answer(h, h->plugin->write_rows(h->writer, rows.bytes, count));
  free(rows.bytes);
}

/// Ends the process when the other side has gone, though the plugin may hang.
static void *watch(void *context) {
  host *h = context;
  struct pollfd descriptor = {.fd = h->channel.output, .events = 0};
  for (;;) {
    if (poll(&descriptor, 1, -1) > 0 && (descriptor.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
      _exit(1);
  }
  return NULL;
}

static void limit(int resource, uint64_t most) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) return;
  if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > most) {
    limit.rlim_cur = limit.rlim_max = (rlim_t)most;
    setrlimit(resource, &limit);
  }
}

static const char *load(host *h, const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return dlerror();
  // What POSIX asks for: a pointer to data becomes one to a function.
  format_plugin_table_function table;
  *(void **)&table = dlsym(library, "format_plugin_table");
  if (table == NULL) return "it has no function format_plugin_table";
  h->plugin = table();
  if (h->plugin == NULL) return "it has no table";
  if (h->plugin->version != FORMAT_PLUGIN_VERSION) return "it is made for another version of the converter";
  if (h->plugin->size < offsetof(format_plugin, layouts)) return "its table is too short";
  return NULL;
}

int plugin_host_serve(const char *path, uint64_t memory_limit, int input, int output) {
  host h = {.channel = {.input = input, .output = output}, .offset = -1};
  h.functions = (format_host){.size = sizeof h.functions, .context = &h, .memory_limit = memory_limit,
                              .read = host_read, .write = host_write, .lose = host_lose,
                              .warn = host_warn, .fail = host_fail};
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  // A plugin reads and writes through us; it makes no files.
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  // The memory of this process before it loads anything is not the plugin's.
  if (memory_limit > 0) limit(RLIMIT_DATA, memory_limit + (64u << 20));
  pthread_t watcher;
  if (pthread_create(&watcher, NULL, watch, &h) == 0) pthread_detach(watcher);
  const char *fault = load(&h, path);
  enum plugin_frame request;
  while ((request = channel_receive(&h.channel)) != 0) {
    if (fault != NULL) {
      refuse(&h, fault);
      continue;
    }
    switch (request) {
      case PLUGIN_DESCRIBE: {
        buffer content = {0};
        describe(h.plugin, &content);
        channel_send(&h.channel, PLUGIN_DESCRIPTION, content.bytes, content.count);
        free(content.bytes);
        break;
      }
      case PLUGIN_OPEN: open_file(&h); break;
      case PLUGIN_READ: read_rows(&h); break;
      case PLUGIN_CREATE: create_file(&h); break;
      case PLUGIN_WRITE: write_rows(&h); break;
      case PLUGIN_FINISH:
        if (h.writer == NULL) return 1;
        answer(&h, h.plugin->finish(h.writer));
        break;
      default: return 1;
    }
  }
  return 0;
}
