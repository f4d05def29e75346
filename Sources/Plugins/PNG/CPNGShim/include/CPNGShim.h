// libpng behind functions that return a status.
//
// libpng reports errors with `longjmp`. Each function here that calls it has its own `setjmp`, so
// that no jump crosses a frame of the caller. Callbacks return before an error is raised for them.
// A reader or writer that has failed stays failed: every later call returns the same status.

#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// The version of libpng at run time, such as "1.6.39".
const char *cpng_library_version(void);

// ---------------------------------------------------------------------------- reading

typedef struct cpng_reader cpng_reader;

// Copies the next `count` bytes to `bytes`. Returns how many there were: fewer only at the end of
// the input; or -1 on failure.
typedef ptrdiff_t (*cpng_read)(void *context, uint8_t *bytes, size_t count);

// The form in which rows are delivered: samples in host byte order, without padding.
typedef struct cpng_pixel_form {
  // 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA; alpha is straight.
  int channel_count;
  // 8 or 16.
  int sample_bits;
  // 1, or 7 if the image is interlaced.
  int pass_count;
  size_t bytes_per_row;
} cpng_pixel_form;

// Text that libpng has decompressed; owned by the reader.
typedef struct cpng_text {
  const char *keyword;
  size_t keyword_length;
  // Whether the text is UTF-8; otherwise it is Latin-1 and the two below are NULL.
  int is_international;
  const char *language;
  const char *translated_keyword;
  const char *text;
  size_t length;
} cpng_text;

// Makes a reader that refuses metadata chunks of more than `metadata_limit` bytes.
// Returns NULL if memory is short. `read` is called only while a function below runs.
cpng_reader *cpng_reader_create(cpng_read read, void *context, size_t metadata_limit);
void cpng_reader_destroy(cpng_reader *reader);

// Takes compressed pixels in small pieces, of which one that a file does not have all of is lost, as is of a
// file that is cut off.
void cpng_reader_use_small_pieces(cpng_reader *reader);

// Reads up to the pixels. A damaged chunk that only describes the picture is a warning; one that
// changes pixels is an error.
shim_status cpng_reader_read_header(cpng_reader *reader, cpng_pixel_form *form);

// Reads the next `count` rows of the current pass. From the second pass on, `rows` must hold what
// the passes before have put there.
shim_status cpng_reader_read_rows(cpng_reader *reader, uint8_t *rows, size_t bytes_per_row,
                                  uint32_t count);

// Reads what follows the pixels.
shim_status cpng_reader_finish(cpng_reader *reader);

// What the header held; both are owned by the reader.
const uint8_t *cpng_reader_icc(const cpng_reader *reader, size_t *length);
size_t cpng_reader_text_count(const cpng_reader *reader);
cpng_text cpng_reader_text(const cpng_reader *reader, size_t index);

// Whether what is transparent is said in a way that is of no use.
int cpng_reader_has_lost_transparency(const cpng_reader *reader);

// Whether a pixel that was read has an index beyond the palette, and the first row that has such;
// those pixels get the darkest color that the palette has.
int cpng_reader_lacks_color(const cpng_reader *reader, uint32_t *row);

// Why the reader has failed, and libpng's warnings so far.
const shim_report *cpng_reader_report(const cpng_reader *reader);

// ---------------------------------------------------------------------------- writing

typedef struct cpng_writer cpng_writer;

// How rows are prepared for compression.
typedef enum __attribute__((enum_extensibility(closed))) cpng_filter {
  // What fits the level of compression.
  CPNG_FILTER_AUTO SHIM_SWIFT_NAME("auto"),
  CPNG_FILTER_NONE SHIM_SWIFT_NAME("none"),
  CPNG_FILTER_SUB SHIM_SWIFT_NAME("sub"),
  CPNG_FILTER_UP SHIM_SWIFT_NAME("up"),
  CPNG_FILTER_AVERAGE SHIM_SWIFT_NAME("average"),
  CPNG_FILTER_PAETH SHIM_SWIFT_NAME("paeth"),
  // For each row the one that seems best.
  CPNG_FILTER_ALL SHIM_SWIFT_NAME("all"),
} cpng_filter;

typedef struct cpng_image {
  uint32_t width;
  uint32_t height;
  // As in `cpng_pixel_form`.
  int channel_count;
  // 1, 2 and 4 are for gray and palettes: rows then have a byte for each pixel.
  int sample_bits;
  // Whether the one channel holds indices into a palette.
  int is_palette;
  int is_interlaced;
  // zlib's level, 0…9.
  int compression;
  cpng_filter filter;
} cpng_image;

// Returns NULL if memory is short. `append` is called only while a function below runs.
cpng_writer *cpng_writer_create(shim_append append, void *context);
void cpng_writer_destroy(cpng_writer *writer);

// Writes the start of the header and, if `icc` is not NULL, the profile. A profile that libpng
// finds invalid is left out with a warning.
shim_status cpng_writer_write_header(cpng_writer *writer, const cpng_image *image,
                                     const uint8_t *icc, size_t icc_length);

// Whether the header has a profile; libpng leaves out those that it thinks damaged.
int cpng_writer_has_profile(cpng_writer *writer);

// Ends what must come before the palette, and writes `color_count` colors of three bytes and the
// alphas of the first of them; none if the picture has no palette. To be called once.
shim_status cpng_writer_write_palette(cpng_writer *writer, const uint8_t *colors,
                                      size_t color_count, const uint8_t *alphas,
                                      size_t alpha_count);

// Writes a chunk after the header: before the palette, before the pixels, or after them. `type` has
// four letters.
shim_status cpng_writer_write_chunk(cpng_writer *writer, const char *type, const uint8_t *bytes,
                                    size_t length);

// Writes the next `count` rows of the current pass, in the form that `cpng_pixel_form` describes.
// An interlaced image is passed seven times.
shim_status cpng_writer_write_rows(cpng_writer *writer, const uint8_t *rows, size_t bytes_per_row,
                                   uint32_t count);

// Writes what follows the pixels.
shim_status cpng_writer_finish(cpng_writer *writer);

// As for readers.
const shim_report *cpng_writer_report(const cpng_writer *writer);

// ---------------------------------------------------------------------------- texts

// The most bytes that `count` bytes become, or 0 if they are too many.
size_t cpng_compressed_size(size_t count);

// Compresses bytes as zTXt and iTXt want them. Returns the number of bytes, or 0 if memory is
// short.
size_t cpng_compress(const uint8_t *bytes, size_t count, uint8_t *target, size_t capacity);

// Decompresses a zlib stream that holds at most `limit` bytes. Returns memory that the caller frees
// with `cpng_free`, or NULL if the stream is damaged or holds more, or memory is short.
uint8_t *cpng_decompress(const uint8_t *bytes, size_t count, size_t limit, size_t *length);
void cpng_free(uint8_t *bytes);

#endif
