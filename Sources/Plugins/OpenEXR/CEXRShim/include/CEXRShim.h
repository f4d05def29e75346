// OpenEXR's core library behind functions that return a status, with its structs kept on this side.
//
// A reader sees one part of a file: a header that says how its chunks are stored, a table of their
// places, and the chunks. What else is in a file is not its business. A writer writes a file of one
// part in scan lines.

#ifndef CEXR_SHIM_H
#define CEXR_SHIM_H

#include <stddef.h>
#include <stdint.h>

#define CEXR_SWIFT_NAME(name) __attribute__((swift_name(name)))

// How a call ended.
typedef enum __attribute__((enum_extensibility(closed))) cexr_status {
  CEXR_STATUS_OK CEXR_SWIFT_NAME("ok"),
  // The data violates the format; the message says how.
  CEXR_STATUS_MALFORMED CEXR_SWIFT_NAME("malformed"),
  // The library cannot do that.
  CEXR_STATUS_UNSUPPORTED CEXR_SWIFT_NAME("unsupported"),
  // A callback reported a failure, whose reason it knows.
  CEXR_STATUS_CALLBACK_FAILED CEXR_SWIFT_NAME("callbackFailed"),
  CEXR_STATUS_CANCELLED CEXR_SWIFT_NAME("cancelled"),
  CEXR_STATUS_OUT_OF_MEMORY CEXR_SWIFT_NAME("outOfMemory"),
  CEXR_STATUS_FAILED CEXR_SWIFT_NAME("failed"),
} cexr_status;

// The version of OpenEXR at run time, such as "3.1.5", or NULL if it is not there, or not the one
// that the shim was compiled for: its structs are others from 3.1 to 3.2.
const char *cexr_library_version(void);

// Whether the library decodes DWA, which came with 3.2.
int cexr_library_has_dwa(void);

// ---------------------------------------------------------------------------- reading

typedef struct cexr_reader cexr_reader;

// Copies up to `count` bytes from `offset` of the file to `bytes`. Returns how many there were:
// fewer only at the end of the file; or -1 on failure.
typedef ptrdiff_t (*cexr_read)(void *context, size_t offset, uint8_t *bytes, size_t count);

// Whether the work is to end.
typedef int (*cexr_is_cancelled)(void *context);

// Returns NULL if memory is short. The callbacks are called only while a function below runs.
cexr_reader *cexr_reader_create(cexr_read read, cexr_is_cancelled is_cancelled, void *context,
                                size_t byte_count);
void cexr_reader_destroy(cexr_reader *reader);

// Reads the header.
cexr_status cexr_reader_open(cexr_reader *reader);

// Decodes the scan lines of which the first has the number `y`, or a tile; what was decoded before
// is gone. After a failure another chunk may be decoded.
cexr_status cexr_reader_decode_lines(cexr_reader *reader, int32_t y);
cexr_status cexr_reader_decode_tile(cexr_reader *reader, int32_t column, int32_t row);

// The size of what has been decoded last.
uint32_t cexr_reader_width(const cexr_reader *reader);
uint32_t cexr_reader_height(const cexr_reader *reader);

// Copies a channel of a row of what has been decoded last, as reals, each `stride` samples behind the
// one before. Returns how many there were, at most `capacity`: none where the row has none of the
// channel.
size_t cexr_reader_copy(const cexr_reader *reader, uint32_t row, uint32_t channel, float *samples,
                        size_t stride, size_t capacity);

// Why the last call has failed.
const char *cexr_reader_message(const cexr_reader *reader);

// ---------------------------------------------------------------------------- writing

typedef struct cexr_writer cexr_writer;

// Writes bytes at a place of the file. Returns 0, or -1 on failure.
typedef int (*cexr_write)(void *context, const uint8_t *bytes, size_t count, size_t offset);

// Places of pixels, of which the last belongs to the window.
typedef struct cexr_window {
  int32_t left;
  int32_t top;
  int32_t right;
  int32_t bottom;
} cexr_window;

typedef struct cexr_settings {
  cexr_window data;
  cexr_window display;
  // 1 (Y), 2 (Y, A), 3 (R, G, B) or 4 (R, G, B, A).
  uint32_t channel_count;
  int is_half;
  // Whether colors are to be multiplied by alpha.
  int is_straight;
  // 0 none, 1 RLE, 2 ZIPS, 3 ZIP, 4 PIZ.
  int compression;
  // 1 to 9, or -1 for zlib's default.
  int zip_level;
  float pixel_aspect_ratio;
} cexr_settings;

// Returns NULL if memory is short.
cexr_writer *cexr_writer_create(const cexr_settings *settings, cexr_write write, void *context);
void cexr_writer_destroy(cexr_writer *writer);

// Starts the header; attributes are set between this and the first row.
cexr_status cexr_writer_start(cexr_writer *writer);
cexr_status cexr_writer_set_text(cexr_writer *writer, const char *name, const char *value);
cexr_status cexr_writer_set_number(cexr_writer *writer, const char *name, float value);
// White, red, green, blue: x and y of each.
cexr_status cexr_writer_set_chromaticities(cexr_writer *writer, const float numbers[8]);

// Takes the next rows, and encodes each chunk that is complete.
cexr_status cexr_writer_add_rows(cexr_writer *writer, const float *rows, uint32_t count);

// Ends the file, after the last row.
cexr_status cexr_writer_finish(cexr_writer *writer);

// How many samples were too large for a half, and became the largest.
uint64_t cexr_writer_clamped_count(const cexr_writer *writer);

// How many pixels were transparent and had a color, which is gone.
uint64_t cexr_writer_transparent_count(const cexr_writer *writer);

// Why the writer has failed.
const char *cexr_writer_message(const cexr_writer *writer);

#endif
