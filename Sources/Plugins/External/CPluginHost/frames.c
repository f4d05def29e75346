// Frames, fields, and the description of a plugin in them.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

enum { LONGEST_TEXT = 1000 };

uint8_t *buffer_grow(buffer *to, size_t count) {
  if (to->capacity - to->count < count) {
    size_t capacity = to->count + count + to->capacity / 2;
    uint8_t *bytes = realloc(to->bytes, capacity);
    if (bytes == NULL) _exit(1);
    to->bytes = bytes;
    to->capacity = capacity;
  }
  uint8_t *place = to->bytes + to->count;
  to->count += count;
  return place;
}

static void put(buffer *to, const void *bytes, size_t count) {
  uint8_t *place = buffer_grow(to, count);
  if (count > 0) memcpy(place, bytes, count);
}

void buffer_put_field(buffer *to, enum plugin_field tag, const void *bytes, size_t count) {
  uint8_t t = (uint8_t)tag;
  uint32_t c = (uint32_t)count;
  put(to, &t, sizeof t);
  put(to, &c, sizeof c);
  put(to, bytes, c);
}

void buffer_put_text(buffer *to, enum plugin_field tag, const char *text) {
  if (text != NULL) buffer_put_field(to, tag, text, strnlen(text, LONGEST_TEXT));
}

int fields_next(fields *from, enum plugin_field *tag, const uint8_t **bytes, size_t *count) {
  uint32_t c;
  if (from->end - from->bytes < 5) return 0;
  *tag = (enum plugin_field)from->bytes[0];
  memcpy(&c, from->bytes + 1, sizeof c);
  from->bytes += 5;
  if ((size_t)(from->end - from->bytes) < c) return 0;
  *bytes = from->bytes;
  *count = c;
  from->bytes += c;
  return 1;
}

static void send_all(int descriptor, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = write(descriptor, bytes, count);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) _exit(1);
    bytes += sent;
    count -= (size_t)sent;
  }
}

void channel_send(const channel *to, enum plugin_frame kind, const void *bytes, size_t count) {
  uint32_t head[2] = {(uint32_t)kind, (uint32_t)count};
  send_all(to->output, (const uint8_t *)head, sizeof head);
  send_all(to->output, bytes, count);
}

static int receive_all(int descriptor, uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t received = read(descriptor, bytes, count);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return 0;
    bytes += received;
    count -= (size_t)received;
  }
  return 1;
}

enum plugin_frame channel_receive(channel *from) {
  uint32_t head[2];
  if (!receive_all(from->input, (uint8_t *)head, sizeof head)) return 0;
  from->received.count = 0;
  uint8_t *content = buffer_grow(&from->received, head[1]);
  if (!receive_all(from->input, content, head[1])) return 0;
  return (enum plugin_frame)head[0];
}

/// Whether a field lies within the plugin's table.
#define HAS(plugin, field) \
  (offsetof(format_plugin, field) + sizeof((plugin)->field) <= (plugin)->size)

static void describe_option(const format_option *option, buffer *to) {
  buffer content = {0};
  uint32_t kind = (uint32_t)option->kind;
  put(&content, &kind, sizeof kind);
  put(&content, &option->minimum, sizeof option->minimum);
  put(&content, &option->maximum, sizeof option->maximum);
  const char *texts[] = {option->key, option->standard, option->summary};
  for (size_t k = 0; k < 3; k++) {
    const char *text = texts[k] == NULL ? "" : texts[k];
    put(&content, text, strnlen(text, LONGEST_TEXT));
    put(&content, "", 1);
  }
  for (const char *const *choice = option->choices; choice != NULL && *choice != NULL; choice++) {
    put(&content, *choice, strnlen(*choice, LONGEST_TEXT));
    put(&content, "", 1);
  }
  buffer_put_field(to, PLUGIN_FIELD_OPTION, content.bytes, content.count);
  free(content.bytes);
}

static void describe_signature(const format_signature *signature, buffer *to) {
  buffer content = {0};
  put(&content, &signature->offset, sizeof signature->offset);
  put(&content, signature->bytes, signature->count);
  if (signature->mask != NULL) put(&content, signature->mask, signature->count);
  else memset(buffer_grow(&content, signature->count), 0xFF, signature->count);
  buffer_put_field(to, PLUGIN_FIELD_SIGNATURE, content.bytes, content.count);
  free(content.bytes);
}

int plugin_writes(const format_plugin *plugin) {
  return HAS(plugin, finish) && plugin->create != NULL && plugin->write_rows != NULL &&
         plugin->finish != NULL;
}

void describe(const format_plugin *plugin, buffer *to) {
  buffer_put_text(to, PLUGIN_FIELD_ID, plugin->id);
  buffer_put_text(to, PLUGIN_FIELD_NAME, plugin->name);
  buffer_put_text(to, PLUGIN_FIELD_LIBRARY, plugin->library);
  for (const char *const *e = plugin->extensions; e != NULL && *e != NULL; e++)
    buffer_put_text(to, PLUGIN_FIELD_EXTENSION, *e);
  for (const char *const *m = plugin->media_types; m != NULL && *m != NULL; m++)
    buffer_put_text(to, PLUGIN_FIELD_MEDIA_TYPE, *m);
  for (size_t k = 0; k < plugin->signature_count; k++) describe_signature(&plugin->signatures[k], to);
  int writes = plugin_writes(plugin);
  plugin_numbers numbers = {
      .bytes_per_pixel = plugin->bytes_per_pixel,
      .reads = plugin->open != NULL && plugin->read_rows != NULL,
      .writes = (uint32_t)writes};
  if (writes) {
    numbers.largest_side = plugin->largest_side;
    numbers.keeps = plugin->keeps;
    numbers.losslessness = (uint32_t)plugin->losslessness;
    numbers.default_quality = plugin->default_quality;
    for (size_t k = 0; k < plugin->layout_count; k++) {
      uint8_t layout[2] = {plugin->layouts[k].channels, plugin->layouts[k].bits};
      buffer_put_field(to, PLUGIN_FIELD_LAYOUT, layout, sizeof layout);
    }
    // Options of another version have another size.
    const uint8_t *option = (const uint8_t *)plugin->options;
    for (size_t k = 0; k < plugin->option_count; k++) {
      describe_option((const format_option *)option, to);
      option += ((const format_option *)option)->size;
    }
  }
  buffer_put_field(to, PLUGIN_FIELD_NUMBERS, &numbers, sizeof numbers);
}
