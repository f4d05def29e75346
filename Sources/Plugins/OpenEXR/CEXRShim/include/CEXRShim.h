// OpenEXR's core library behind functions that return a status, with its structs kept on this side.
//
// A reader sees one part of a file: a header that says how its chunks are stored, a table of their
// places, and the chunks. What else is in a file is not its business. A writer writes a file of one
// part in scan lines.

#ifndef CEXR_SHIM_H
#define CEXR_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// The version of OpenEXR at run time, such as "3.1.5", or NULL if it is not there, or not the one
// that the shim was compiled for: its structs are others from 3.1 to 3.2.
const char *cexr_library_version(void);

// Whether the library decodes DWA, which came with 3.2.
int cexr_library_has_dwa(void);

// ---------------------------------------------------------------------------- reading

typedef struct cexr_reader cexr_reader;

// Returns NULL if memory is short. The callbacks are called only while a function below runs.
cexr_reader *cexr_reader_create(shim_read read, shim_is_cancelled is_cancelled, void *context,
                                size_t byte_count);
void cexr_reader_destroy(cexr_reader *reader);

// Reads the header.
shim_status cexr_reader_open(cexr_reader *reader);

// Decodes the scan lines of which the first has the number `y`, or a tile; what was decoded before
// is gone. After a failure another chunk may be decoded.
shim_status cexr_reader_decode_lines(cexr_reader *reader, int32_t y);
shim_status cexr_reader_decode_tile(cexr_reader *reader, int32_t column, int32_t row);

// The size of what has been decoded last.
uint32_t cexr_reader_width(const cexr_reader *reader);
uint32_t cexr_reader_height(const cexr_reader *reader);

// Copies a channel of a row of what has been decoded last, as reals, each `stride` samples behind the
// one before. Returns how many there were, at most `capacity`: none where the row has none of the
// channel.
size_t cexr_reader_copy(const cexr_reader *reader, uint32_t row, uint32_t channel, float *samples,
                        size_t stride, size_t capacity);

// Why the last call has failed.
const shim_report *cexr_reader_report(const cexr_reader *reader);

// ---------------------------------------------------------------------------- writing

typedef struct cexr_writer cexr_writer;

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
cexr_writer *cexr_writer_create(const cexr_settings *settings, shim_write write, void *context);
void cexr_writer_destroy(cexr_writer *writer);

// Starts the header; attributes are set between this and the first row.
shim_status cexr_writer_start(cexr_writer *writer);
shim_status cexr_writer_set_text(cexr_writer *writer, const char *name, const char *value);
shim_status cexr_writer_set_number(cexr_writer *writer, const char *name, float value);
// White, red, green, blue: x and y of each.
shim_status cexr_writer_set_chromaticities(cexr_writer *writer, const float numbers[8]);

// Takes the next rows, and encodes each chunk that is complete.
shim_status cexr_writer_add_rows(cexr_writer *writer, const float *rows, uint32_t count);

// Ends the file, after the last row.
shim_status cexr_writer_finish(cexr_writer *writer);

// How many samples were too large for a half, and became the largest.
uint64_t cexr_writer_clamped_count(const cexr_writer *writer);

// How many pixels were transparent and had a color, which is gone.
uint64_t cexr_writer_transparent_count(const cexr_writer *writer);

// Why the writer has failed.
const shim_report *cexr_writer_report(const cexr_writer *writer);

#endif
