// libjpeg behind functions that return a status.
//
// libjpeg reports errors with a function that must not return. Each function here that calls it
// has its own `setjmp`, so that no jump crosses a frame of the caller; callbacks return before an
// error is raised for them. What libjpeg only warns of although pixels are lost is an error here.
// A reader or writer that has failed stays failed: every later call returns the same status.

#ifndef CJPEG_SHIM_H
#define CJPEG_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// What samples mean to the caller. CMYK has 0 for no ink, whatever is in the file.
typedef enum __attribute__((enum_extensibility(closed))) cjpeg_color {
  CJPEG_COLOR_GRAY SHIM_SWIFT_NAME("gray"),
  CJPEG_COLOR_RGB SHIM_SWIFT_NAME("rgb"),
  CJPEG_COLOR_CMYK SHIM_SWIFT_NAME("cmyk"),
} cjpeg_color;

// The version of libjpeg at compile time, such as "libjpeg-turbo 2.1.5".
const char *cjpeg_library_version(void);

// More scans than any encoder makes; a small file with many may take hours.
enum { CJPEG_SCAN_LIMIT = 100 };

// ---------------------------------------------------------------------------- reading

typedef struct cjpeg_reader cjpeg_reader;

// What the header says.
typedef struct cjpeg_frame {
  uint32_t width;
  uint32_t height;
  cjpeg_color color;
  int component_count;
  // How the file stores color, such as "YCbCr".
  const char *color_space;
  int is_progressive;
  int is_arithmetic;
  // The memory that holds the whole image while scans are read; 0 if rows flow.
  uint64_t buffered_byte_count;
  // The memory that holds all coefficients.
  uint64_t coefficient_byte_count;
  // The pixels that blocks of all components cover together, the least that can be moved.
  uint32_t unit_width;
  uint32_t unit_height;
  // The sampling factors of each component.
  int horizontal_sampling[4];
  int vertical_sampling[4];
} cjpeg_frame;

// Returns NULL if memory is short. The callbacks are called only while a function below runs.
cjpeg_reader *cjpeg_reader_create(shim_read read, shim_is_cancelled is_cancelled, void *context);
// Has CMYK without Adobe's marker taken as it is, not inverted; to be called before the header is read.
void cjpeg_reader_take_plain_cmyk(cjpeg_reader *reader);

void cjpeg_reader_destroy(cjpeg_reader *reader);

// Reads up to the first scan.
shim_status cjpeg_reader_read_header(cjpeg_reader *reader, cjpeg_frame *frame);

// Has the image delivered with one sample for `factor` by `factor` of its own: 2, 4 or 8. To be
// called after the header has been read. Tells the size, which is rounded up.
shim_status cjpeg_reader_shrink(cjpeg_reader *reader, uint32_t factor, uint32_t *width,
                                uint32_t *height);

// Prepares for rows; of an image with several scans, reads them all.
shim_status cjpeg_reader_start(cjpeg_reader *reader);

// Reads the next `count` rows.
shim_status cjpeg_reader_read_rows(cjpeg_reader *reader, uint8_t *rows, size_t bytes_per_row,
                                   uint32_t count);

// Reads up to the end of the image, after its last row.
shim_status cjpeg_reader_finish(cjpeg_reader *reader);

// Has the reader go on behind damage; call before anything is read.
void cjpeg_reader_salvage(cjpeg_reader *reader);

// The number of comments and application segments that lay behind the start of the first scan, which
// are skipped; complete once the picture has been read.
uint32_t cjpeg_reader_late_segment_count(const cjpeg_reader *reader);

// The first row that may be wrong, of what was salvaged; UINT32_MAX if there is none.
uint32_t cjpeg_reader_damaged_row(const cjpeg_reader *reader);

// The offset in the file of the next byte.
size_t cjpeg_reader_offset(const cjpeg_reader *reader);

// Why the reader has failed, and libjpeg's warnings so far.
const shim_report *cjpeg_reader_report(const cjpeg_reader *reader);

// ---------------------------------------------------------------------------- writing

typedef struct cjpeg_writer cjpeg_writer;

typedef struct cjpeg_image {
  uint32_t width;
  uint32_t height;
  cjpeg_color color;
  // What the standard tables are multiplied with, in percent.
  int quantization_scale;
  // How many luma samples there are for one of chroma, in each direction: 1 or 2.
  int horizontal_subsampling;
  int vertical_subsampling;
  int is_progressive;
  int optimizes_coding;
  // JFIF's density: 0 ratio only, 1 an inch, 2 a centimeter.
  int has_density;
  uint8_t density_unit;
  uint16_t horizontal_density;
  uint16_t vertical_density;
} cjpeg_image;

// Returns NULL if memory is short. `append` is called only while a function below runs.
cjpeg_writer *cjpeg_writer_create(shim_append append, void *context);
void cjpeg_writer_destroy(cjpeg_writer *writer);

// Writes the first markers.
shim_status cjpeg_writer_start(cjpeg_writer *writer, const cjpeg_image *image);

// Writes a segment of at most 65533 bytes, before any rows.
shim_status cjpeg_writer_write_segment(cjpeg_writer *writer, uint8_t marker,
                                       const uint8_t *bytes, size_t count);

// Writes the next `count` rows.
shim_status cjpeg_writer_write_rows(cjpeg_writer *writer, const uint8_t *rows,
                                    size_t bytes_per_row, uint32_t count);

// Writes what remains.
shim_status cjpeg_writer_finish(cjpeg_writer *writer);

// Why the writer has failed.
const shim_report *cjpeg_writer_report(const cjpeg_writer *writer);

// ---------------------------------------------------------------------------- turning

// How a picture is turned, by what becomes of its blocks.
typedef struct cjpeg_turn {
  int transposes;        // rows become columns
  int reverses_rows;     // going along a row of the result goes backward in the file
  int reverses_columns;  // going down the result goes backward in the file
} cjpeg_turn;

// Reads all coefficients, in place of rows, after the header has been read. They are to be turned so,
// which takes as much memory again unless nothing is to be.
shim_status cjpeg_reader_read_coefficients(cjpeg_reader *reader, const cjpeg_turn *turn);

// Writes the coefficients that have been read for this turn, in place of an image: a whole file without
// segments but those of its picture, sequential or progressive, with Huffman or arithmetic coding and
// with restarts as the one that was read. What is reversed has to be whole units.
shim_status cjpeg_writer_write_turned(cjpeg_writer *writer, cjpeg_reader *reader,
                                      const cjpeg_turn *turn);

#endif
