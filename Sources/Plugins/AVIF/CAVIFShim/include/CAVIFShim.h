// libavif behind functions that return a status, with the library's structs kept on this side.
//
// A reader or writer that has failed is only to be destroyed, but for what is said below.

#ifndef CAVIF_SHIM_H
#define CAVIF_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// The version of libavif at run time, such as "0.11.1".
const char *cavif_library_version(void);

// Whether the library writes how often a sequence is shown.
int cavif_can_write_loops(void);

// Bytes that the reader or writer owns.
typedef struct cavif_bytes {
  const uint8_t *start;
  size_t count;
} cavif_bytes;

// Color as code points (ITU-T H.273); 2 is unspecified.
typedef struct cavif_code_points {
  uint16_t primaries;
  uint16_t transfer;
  uint16_t matrix;
  int is_full_range;
} cavif_code_points;

// How the stored picture is to be turned: first counterclockwise by 90° times `rotation`, then
// mirrored: 0 not, 1 top to bottom, 2 left to right.
typedef struct cavif_transformation {
  int rotation;
  int mirror;
} cavif_transformation;

typedef enum __attribute__((enum_extensibility(closed))) cavif_chroma {
  CAVIF_CHROMA_444 SHIM_SWIFT_NAME("full"),
  CAVIF_CHROMA_422 SHIM_SWIFT_NAME("half"),
  CAVIF_CHROMA_420 SHIM_SWIFT_NAME("quarter"),
  CAVIF_CHROMA_NONE SHIM_SWIFT_NAME("none"),
} cavif_chroma;

// ---------------------------------------------------------------------------- reading

typedef struct cavif_reader cavif_reader;

typedef struct cavif_limits {
  uint32_t frame_count;
  int thread_count;
} cavif_limits;

// What a file says of its first picture. The part that is shown has its own size and place.
typedef struct cavif_contents {
  uint32_t coded_width;
  uint32_t coded_height;
  uint32_t x;
  uint32_t y;
  uint32_t width;
  uint32_t height;
  // 8, 10 or 12.
  int depth;
  cavif_chroma chroma;
  int has_alpha;
  int is_premultiplied;
  uint32_t frame_count;
  cavif_code_points color;
  cavif_transformation transformation;
  cavif_bytes icc;
  cavif_bytes exif;
  cavif_bytes xmp;
} cavif_contents;

// Returns NULL if memory is short. `read` is called only while a function below runs.
cavif_reader *cavif_reader_create(shim_read read, void *context, size_t byte_count);
void cavif_reader_destroy(cavif_reader *reader);

// Reads all but pixels.
shim_status cavif_reader_read_contents(cavif_reader *reader, cavif_limits limits,
                                       cavif_contents *contents);

// For how many ticks, of so many a second, a picture of a sequence is shown.
shim_status cavif_reader_read_duration(cavif_reader *reader, uint32_t index, uint64_t *duration,
                                       uint64_t *ticks_per_second);

// Decodes a picture, counted from 0. May be called again, also after a failure.
shim_status cavif_reader_decode(cavif_reader *reader, uint32_t index);

// Copies `count` rows of the part that is shown, from `row` on: gray or RGB with alpha if the file
// has it, in bytes if the depth is 8, or else in 16 bits that are scaled to their whole range.
shim_status cavif_reader_copy_rows(cavif_reader *reader, uint32_t row, uint32_t count,
                                   uint8_t *rows);

// Why the reader has failed.
const shim_report *cavif_reader_report(const cavif_reader *reader);

// ---------------------------------------------------------------------------- writing

typedef struct cavif_writer cavif_writer;

typedef struct cavif_settings {
  uint32_t width;
  uint32_t height;
  int channel_count;
  // Of the samples that come, 8 or 16, and of those in the file, 8, 10 or 12.
  int sample_bits;
  int depth;
  cavif_chroma chroma;
  // 0 (lossless) to 63.
  int quantizer;
  int alpha_quantizer;
  // 0 (slowest) to 10.
  int speed;
  cavif_code_points color;
  cavif_transformation transformation;
  // Several pictures are a sequence.
  uint32_t frame_count;
  uint64_t ticks_per_second;
  // 0: endless.
  int loop_count;
} cavif_settings;

// Returns NULL if memory is short.
cavif_writer *cavif_writer_create(const cavif_settings *settings);
void cavif_writer_destroy(cavif_writer *writer);

// Any may be NULL; to be called at most once.
shim_status cavif_writer_set_metadata(cavif_writer *writer, cavif_bytes icc, cavif_bytes exif,
                                      cavif_bytes xmp);

// Adds rows of the current picture from the top.
void cavif_writer_add_rows(cavif_writer *writer, const uint8_t *rows, uint32_t count);

// Encodes the picture whose rows have all come, shown for so many ticks if it is one of several.
shim_status cavif_writer_end_picture(cavif_writer *writer, uint64_t duration);

// Makes the file after the last picture; the writer owns it.
shim_status cavif_writer_finish(cavif_writer *writer, cavif_bytes *file);

// Why the writer has failed.
const shim_report *cavif_writer_report(const cavif_writer *writer);

#endif
