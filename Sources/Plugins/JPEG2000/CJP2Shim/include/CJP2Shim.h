// OpenJPEG behind functions that return a status, with the library's structs kept on this side.
//
// The library only sees codestreams: what is around them in a file is not its business. A reader or
// writer that has failed is only to be destroyed.

#ifndef CJP2_SHIM_H
#define CJP2_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_callbacks.h>
#include <shim_report.h>
#include <shim_status.h>

// The version of OpenJPEG at run time, such as "2.5.0", or NULL if it is not there.
const char *cjp2_library_version(void);

// ---------------------------------------------------------------------------- reading

typedef struct cjp2_reader cjp2_reader;

// Where the codestream lies in the file, and how it is decoded.
typedef struct cjp2_input {
  size_t offset;
  size_t byte_count;
  int thread_count;
  // Whether what is there of a codestream that was cut is decoded.
  int takes_cut_tiles;
  // By how many powers of two the picture gets smaller.
  uint32_t reduction;
} cjp2_input;

// Returns NULL if memory is short. The callbacks are called only while a function below runs.
cjp2_reader *cjp2_reader_create(shim_read read, shim_is_cancelled is_cancelled, void *context);
void cjp2_reader_destroy(cjp2_reader *reader);

// Reads the main header.
shim_status cjp2_reader_open(cjp2_reader *reader, cjp2_input input);

// Decodes a tile; what another one gave is gone.
shim_status cjp2_reader_decode_tile(cjp2_reader *reader, uint32_t tile);

// Decodes all tiles.
shim_status cjp2_reader_decode(cjp2_reader *reader);

// How samples of a component become those of a channel.
typedef struct cjp2_channel {
  uint32_t component;
  // How many columns and rows of pixels one sample stands for.
  uint32_t step_x;
  uint32_t step_y;
  // The number of the first sample that has been decoded, from the picture's reference point on.
  uint32_t first_x;
  uint32_t first_y;
  // What is added to a sample so that the lowest is 0: half of the range where they are signed.
  int32_t offset;
  // What each becomes, up to the largest.
  const uint16_t *samples;
  int32_t maximum;
  // The largest of which the file says what it becomes.
  int32_t last_known;
} cjp2_channel;

// A part of the picture, counted as the first samples of channels are.
typedef struct cjp2_area {
  uint32_t x;
  uint32_t y;
  uint32_t width;
  uint32_t height;
} cjp2_area;

// Copies an area of what has been decoded last, with the channels of a pixel next to each other, in
// one or two bytes each. With `is_ycc`, the first three are luma and chroma, and become red, green and
// blue before they are looked up.
shim_status cjp2_reader_copy(cjp2_reader *reader, const cjp2_channel *channels,
                             size_t channel_count, int is_ycc, cjp2_area area, int sample_size,
                             uint8_t *pixels, size_t bytes_per_row);

// Whether a sample that was copied is larger than the last that is known.
int cjp2_reader_has_met_unknown(const cjp2_reader *reader);

// Why the reader has failed, and OpenJPEG's warnings so far.
const shim_report *cjp2_reader_report(const cjp2_reader *reader);

// ---------------------------------------------------------------------------- writing

typedef struct cjp2_writer cjp2_writer;

typedef struct cjp2_settings {
  uint32_t width;
  uint32_t height;
  // As large as the picture if there is one tile.
  uint32_t tile_width;
  uint32_t tile_height;
  uint32_t channel_count;
  // The bytes of a sample as it comes, 1 or 2, and its bits in the codestream.
  int sample_size;
  int depth;
  // Whether the depth is taken only if all samples survive it, and else that of the samples; needs
  // a picture of one tile.
  int is_depth_tentative;
  int is_lossless;
  // Whether the first three channels are decorrelated.
  int has_color_transform;
  // How often the picture is halved.
  int levels;
  // 0 LRCP, 1 RLCP, 2 RPCL, 3 PCRL, 4 CPRL.
  int progression;
  int layer_count;
  // Whether `layers` are signal-to-noise ratios in dB, rising, and not ratios of sizes, falling.
  int has_ratios_of_noise;
  // Precincts of 256 and 128, markers before packets and behind their headers, tile-parts by
  // resolution, and indices of both.
  int is_archival;
  int thread_count;
} cjp2_settings;

// Returns NULL if memory is short. `layers` has a number for each layer, `comment` may be NULL: then
// the library names itself.
cjp2_writer *cjp2_writer_create(const cjp2_settings *settings, const float *layers,
                                const char *comment, shim_write write, void *context);
void cjp2_writer_destroy(cjp2_writer *writer);

// Takes the next rows, and encodes each row of tiles that is complete.
shim_status cjp2_writer_add_rows(cjp2_writer *writer, const uint8_t *rows, uint32_t count);

// Writes the end, after the last row.
shim_status cjp2_writer_finish(cjp2_writer *writer);

// The bits of a sample in the codestream, once the first tile has been written.
int cjp2_writer_depth(const cjp2_writer *writer);

// Why the writer has failed.
const shim_report *cjp2_writer_report(const cjp2_writer *writer);

#endif
