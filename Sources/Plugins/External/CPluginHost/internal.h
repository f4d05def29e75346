#ifndef PLUGIN_HOST_INTERNAL_H
#define PLUGIN_HOST_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "format_plugin.h"
#include "plugin_host.h"

/// Bytes that grow.
typedef struct buffer {
  uint8_t *bytes;
  size_t count, capacity;
} buffer;

/// What a frame's fields are taken from.
typedef struct fields {
  const uint8_t *bytes, *end;
} fields;

/// One side of the two descriptors.
typedef struct channel {
  int input, output;
  buffer received;  // the content of the last frame
} channel;

/// Makes room for `count` more bytes and returns where they go; ends the process if there is none.
uint8_t *buffer_grow(buffer *to, size_t count);
void buffer_put_field(buffer *to, enum plugin_field tag, const void *bytes, size_t count);
/// A text, of which only so much is taken as a line can hold.
void buffer_put_text(buffer *to, enum plugin_field tag, const char *text);

/// Takes the next field; 0 at the end, or if the rest is none.
int fields_next(fields *from, enum plugin_field *tag, const uint8_t **bytes, size_t *count);

/// Sends a frame; ends the process if nobody is there.
void channel_send(const channel *to, enum plugin_frame kind, const void *bytes, size_t count);
/// Waits for a frame; its kind, or 0 at the end.
enum plugin_frame channel_receive(channel *from);

/// Whether the table has what writing takes.
int plugin_writes(const format_plugin *plugin);
/// Describes a table in fields, as far as the two sides know it.
void describe(const format_plugin *plugin, buffer *to);

#endif
