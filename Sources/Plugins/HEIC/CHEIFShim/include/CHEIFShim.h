// libheif behind functions that return a status, with the library's structs kept on this side.
//
// A reader that has failed is only to be destroyed.

#ifndef CHEIF_SHIM_H
#define CHEIF_SHIM_H

#include <stddef.h>
#include <stdint.h>

#define CHEIF_SWIFT_NAME(name) __attribute__((swift_name(name)))

// How a call ended.
typedef enum __attribute__((enum_extensibility(closed))) cheif_status {
  CHEIF_STATUS_OK CHEIF_SWIFT_NAME("ok"),
  // The data violates the format; the message says how.
  CHEIF_STATUS_MALFORMED CHEIF_SWIFT_NAME("malformed"),
  // The input ended before the image did.
  CHEIF_STATUS_TRUNCATED CHEIF_SWIFT_NAME("truncated"),
  // Nothing that this version of the library can do.
  CHEIF_STATUS_UNSUPPORTED CHEIF_SWIFT_NAME("unsupported"),
  // A callback reported a failure, whose reason it knows.
  CHEIF_STATUS_CALLBACK_FAILED CHEIF_SWIFT_NAME("callbackFailed"),
  CHEIF_STATUS_OUT_OF_MEMORY CHEIF_SWIFT_NAME("outOfMemory"),
  CHEIF_STATUS_FAILED CHEIF_SWIFT_NAME("failed"),
} cheif_status;

// The version of libheif at run time, such as "1.15.1", or NULL if it is not there.
const char *cheif_library_version(void);

// Bytes that the reader owns.
typedef struct cheif_bytes {
  const uint8_t *start;
  size_t count;
} cheif_bytes;

typedef struct cheif_reader cheif_reader;

// Copies up to `count` bytes from `offset` of the file to `bytes`. Returns how many there were:
// fewer only at the end of the file; or -1 on failure.
typedef ptrdiff_t (*cheif_read)(void *context, size_t offset, uint8_t *bytes, size_t count);

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
cheif_reader *cheif_reader_create(cheif_read read, void *context, size_t byte_count);
void cheif_reader_destroy(cheif_reader *reader);

// Reads all but pixels and blocks.
cheif_status cheif_reader_read_contents(cheif_reader *reader, int thread_count,
                                        cheif_contents *contents);

// Copies blocks, of the sizes announced, to where there is room for them; any may be NULL.
cheif_status cheif_reader_copy_blocks(cheif_reader *reader, uint8_t *icc, uint8_t *exif,
                                      uint8_t *xmp);

// Decodes the picture.
cheif_status cheif_reader_decode(cheif_reader *reader);

// Copies `count` rows, from `row` on: RGB with alpha if the file has it, in bytes if the depth is 8,
// or else in 16 bits that are scaled to their whole range.
void cheif_reader_copy_rows(const cheif_reader *reader, uint32_t row, uint32_t count,
                            uint8_t *rows);

// Why the reader has failed.
const char *cheif_reader_message(const cheif_reader *reader);

#endif
