// libheif behind functions that return a status, with the library's structs kept on this side.
//
// A reader that has failed is only to be destroyed.

#ifndef CHEIF_SHIM_H
#define CHEIF_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// The version of libheif at run time, such as "1.15.1", or NULL if it is not there.
const char *cheif_library_version(void);

// Bytes that the reader owns.
typedef struct cheif_bytes {
  const uint8_t *start;
  size_t count;
} cheif_bytes;

typedef struct cheif_reader cheif_reader;

// What a file says of its picture, as it is seen: cut, turned and mirrored.
typedef struct cheif_contents {
  uint32_t width;
  uint32_t height;
  // Before it is cut and turned.
  uint32_t coded_width;
  uint32_t coded_height;
  // Of a sample, 8 to 16.
  int depth;
  int has_alpha;
  int is_premultiplied;
  // Color as code points (ITU-T H.273); 2 is unspecified.
  int has_code_points;
  uint16_t primaries;
  uint16_t transfer;
  uint16_t matrix;
  int is_full_range;
  // The sizes of blocks; 0 if there is none.
  size_t icc_count;
  size_t exif_count;
  size_t xmp_count;
} cheif_contents;

// Returns NULL if memory is short. `read` is called only while a function below runs.
cheif_reader *cheif_reader_create(shim_read read, void *context, size_t byte_count);
void cheif_reader_destroy(cheif_reader *reader);

// Reads all but pixels and blocks.
shim_status cheif_reader_read_contents(cheif_reader *reader, int thread_count,
                                       cheif_contents *contents);

// Copies blocks, of the sizes announced, to where there is room for them; any may be NULL.
shim_status cheif_reader_copy_blocks(cheif_reader *reader, uint8_t *icc, uint8_t *exif,
                                     uint8_t *xmp);

// Decodes the picture.
shim_status cheif_reader_decode(cheif_reader *reader);

// Copies `count` rows, from `row` on: RGB with alpha if the file has it, in bytes if the depth is 8,
// or else in 16 bits that are scaled to their whole range.
void cheif_reader_copy_rows(const cheif_reader *reader, uint32_t row, uint32_t count,
                            uint8_t *rows);

// Why the reader has failed.
const shim_report *cheif_reader_report(const cheif_reader *reader);

#endif
