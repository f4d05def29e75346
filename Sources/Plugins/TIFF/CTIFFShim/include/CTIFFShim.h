// What the Swift side needs of libtiff: blocks of samples in and out of files that Swift reads and
// writes. No libtiff type, no variadic function and no printed line gets past this header.
//
// After a failure `ctiff_report` says why.

#ifndef CTIFF_SHIM_H
#define CTIFF_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// Bytes to read or write; one that is only read has no `write`.
typedef struct ctiff_io {
  void *context;
  shim_read read;
  shim_write write;
  uint64_t (*byte_count)(void *context);
} ctiff_io;

typedef struct ctiff_file ctiff_file;

// The layout of samples as libtiff decodes it: strips are tiles as wide as the image.
typedef struct ctiff_layout {
  uint32_t width, height;
  uint32_t block_width, block_height;
  uint16_t bits_per_sample, samples_per_pixel;
  uint16_t photometric; // CTIFF_UNDECLARED if the tag is missing
  uint16_t compression, predictor, sample_format;
  uint16_t extra_sample_count;
  uint16_t ycbcr_horizontal, ycbcr_vertical; // subsampling
  uint16_t ink_set;
  int32_t is_planar, is_tiled, is_codec_available;
  uint64_t block_byte_count;
} ctiff_layout;

#define CTIFF_UNDECLARED 0xFFFF

// The version of the library at run time, such as `4.5.0`.
const char *ctiff_version(void);

// --- Reading

// Opens a file by a directory that is not in it, in the file's byte order and sizes: of the file's
// own the entries that concern samples. Returns NULL if there is no memory; any other failure is
// returned by `ctiff_opening`.
ctiff_file *ctiff_open_reader(ctiff_io io, const void *directory,
                              uint64_t directory_byte_count, int64_t max_alloc);
shim_status ctiff_opening(const ctiff_file *file);
void ctiff_get_layout(ctiff_file *file, ctiff_layout *layout);

// What an extra sample means: 0 unspecified, 1 associated alpha, 2 unassociated alpha.
uint16_t ctiff_extra_sample(ctiff_file *file, uint16_t index);

// Copies the color map: 3 × 2^bits_per_sample entries, red then green then blue.
int ctiff_get_color_map(ctiff_file *file, uint16_t *entries, size_t entry_count);

// Has JPEG data decoded to RGB instead of YCbCr; call before asking for the layout's size.
shim_status ctiff_decode_ycbcr_as_rgb(ctiff_file *file);

// Has SGILog data decoded to CIE Y or XYZ in floats; call before asking for the layout's size.
shim_status ctiff_decode_logluv_as_float(ctiff_file *file);

// The luma coefficients of red, green and blue, and the codes of black and white of Y, Cb and Cr.
void ctiff_get_ycbcr(ctiff_file *file, float coefficients[3], float black_white[6]);

// Decodes the strip or tile that holds a pixel; exactly `byte_count` bytes must come out. One that
// has no place in the file is zeros. Of one of a facsimile that ends early, the rows that are missing
// are white.
shim_status ctiff_read_block(ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane,
                             void *bytes, uint64_t byte_count);

// Decodes whole rows of a file in strips that is not planar; rows must be asked for in order.
shim_status ctiff_read_rows(ctiff_file *file, uint32_t first_row, uint32_t row_count, void *bytes,
                            uint64_t row_byte_count);

// How many rows of facsimiles were missing since the last call.
uint32_t ctiff_take_missing_rows(ctiff_file *file);

// Where the strip or tile that holds a pixel starts in the file, or 0 if it has no place.
uint64_t ctiff_block_offset(ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane);

// --- Writing

// Whether the library has a compression.
int ctiff_has_codec(uint16_t compression);

typedef struct ctiff_parameters {
  uint32_t width, height;
  uint32_t rows_per_strip; // 0 in tiles
  uint32_t tile_size;      // 0 in strips
  uint16_t bits_per_sample, samples_per_pixel, sample_format;
  uint16_t photometric, compression, predictor;
  uint16_t extra_sample; // what alpha means
  int32_t has_extra_sample;
  const uint16_t *color_map; // 3 × 2^bits_per_sample entries, or NULL
  int32_t level;   // of Deflate or Zstandard, 0 for the library's default
  int32_t quality; // of JPEG or WebP; 0 is without loss
  double maximum_error; // of LERC
  uint16_t orientation;
  uint16_t resolution_unit; // 0 if there is no resolution
  double horizontal_resolution, vertical_resolution;
  const void *icc;
  uint32_t icc_byte_count;
  const void *xmp;
  uint32_t xmp_byte_count;
  uint16_t page, page_count; // no page number if there is one page
} ctiff_parameters;

// Starts a file, as `ctiff_open_reader` does.
ctiff_file *ctiff_open_writer(ctiff_io io, int is_big_endian, int is_big_tiff);

// Sets the fields of the next page.
shim_status ctiff_begin_page(ctiff_file *file, const ctiff_parameters *parameters);

// Encodes a strip or tile; `bytes` is scratch afterwards.
shim_status ctiff_write_block(ctiff_file *file, uint32_t index, void *bytes, uint64_t byte_count);

// Writes the directory of the page.
shim_status ctiff_finish_page(ctiff_file *file);

// --- Both

// Why the last call failed, or what it survived, and libtiff's warnings.
const shim_report *ctiff_report(const ctiff_file *file);

// How many bytes libtiff wanted to allocate over the limit, or 0.
uint64_t ctiff_refused_alloc(const ctiff_file *file);

// Forgets errors and warnings.
void ctiff_clear_diagnosis(ctiff_file *file);

// Closes a file without reading or writing another byte. NULL is fine.
void ctiff_close(ctiff_file *file);

// --- Samples

// One channel of a row of packed samples, spread over the pixels of a row. Samples of up to 16 bits
// are looked up: `output[channel + pixel × channel_count] = table[sample]`. Without a table they
// become binary32: integers are divided by their maximum, floats converted.
typedef struct ctiff_channel {
  const uint8_t *row; // packed samples, from the most significant bit; whole bytes in host order
  uint32_t bits;      // 1…16 per sample with a table, 1…64 without
  uint32_t samples_per_pixel, sample;
  const uint16_t *table; // 2^bits entries, or NULL
  uint32_t channel_count, channel;
  uint32_t output_byte_count; // 1 or 2 per sample with a table, 4 without
  int32_t is_float;           // of 16, 24, 32 or 64 bits; no table
  int32_t is_signed;          // integers without a table: the lowest becomes 0
  int32_t is_inverted;        // without a table: x becomes 1 − x
} ctiff_channel;

void ctiff_spread(const ctiff_channel *source, void *output, size_t width);

// Samples of 8 bits that are multiples of 255 / (2^bits - 1) to ones of 1, 2 or 4 bits, packed from
// the most significant bit; inverted, white is zero. Returns 0 if one is no such multiple.
int ctiff_pack_gray(const uint8_t *samples, size_t width, uint32_t bits, int is_inverted,
                    uint8_t *output);

// Places of colors in a table.
typedef struct ctiff_palette {
  uint32_t keys[1024]; // 0x1RRGGBB, or 0 for none
  uint8_t places[1024];
} ctiff_palette;

void ctiff_fill_palette(ctiff_palette *palette, const uint8_t *rgb, size_t count);

// Pixels of three bytes to places of `bits` bits, packed from the most significant bit. Returns 0
// if a color is not in the table.
int ctiff_pack_palette(const ctiff_palette *palette, const uint8_t *pixels, size_t width,
                       uint32_t bits, uint8_t *output);

// --- Color, in place: `count` pixels of `channel_count` channels, of which the first three change

// Data units of subsampled YCbCr (TIFF 6.0 §21) to rows of three samples a pixel, each `width`
// pixels; `units` holds every unit that `rows` rows touch.
void ctiff_expand_ycbcr(const uint8_t *units, uint32_t horizontal, uint32_t vertical,
                        size_t width, size_t rows, uint8_t *output);

// `tables` are what each of 256 codes contributes, of Y to all, of Cr to red, of Cb to green, of Cr
// to green, of Cb to blue: R = Y + red, G = Y + both greens, B = Y + blue.
void ctiff_ycbcr_to_rgb(const float *tables, uint8_t *pixels, size_t count,
                        size_t channel_count);

// CIE L*a*b* of white point D50 to sRGB, adapted by Bradford's matrix, clipped. `is_offset`: a* and
// b* are offset by half the range (ICC), not signed (TIFF 6.0).
void ctiff_lab8_to_srgb(uint8_t *pixels, size_t count, size_t channel_count, int is_offset);
void ctiff_lab16_to_srgb(uint16_t *pixels, size_t count, size_t channel_count, int is_offset);

// CIE XYZ to linear RGB with the primaries of BT.709 and the equal-energy white of LogLuv.
void ctiff_xyz_to_rgb(float *pixels, size_t count, size_t channel_count);

#endif
