#ifndef COIN_DECODER_H
#define COIN_DECODER_H

// A decoder of .coin streams that needs no operating system: the core of libcoin and of the
// browser's viewer. Section numbers are those of spec/coin-bitstream.md, or of spec/latents.md
// where it says "latents".
//
// Nothing here allocates, keeps state, or calls a library but for memcpy, memset, fmaf and
// rintf. The caller gives memory: how much is said from the header, so that limits can be
// checked before. What comes from a stream may be anything: it is refused with a status and a
// place, never read beyond its end. One decoder may be used by many threads, a window by one at
// a time.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a function ends. Up to `WRONG_LENGTH` the stream is to blame, and the names are those of
/// the Swift decoder's BitstreamError.
typedef enum {
  COIN_DECODER_OK = 0,
  COIN_DECODER_TRUNCATED = 1,         ///< The stream ends early (§4).
  COIN_DECODER_BAD_SIGNATURE = 2,     ///< Not a .coin stream (§4.1).
  COIN_DECODER_TEXT_MODE_DAMAGE = 3,  ///< Damaged by a transfer in text mode (§4.1).
  COIN_DECODER_BAD_CHECKSUM = 4,      ///< Of a box (§4.2).
  COIN_DECODER_MISPLACED_BOX = 5,     ///< Or missing, or repeated (§4.3).
  COIN_DECODER_UNKNOWN_BOX = 6,       ///< That must be understood (§4.2).
  COIN_DECODER_TRAILING_BYTES = 7,    ///< After the last box (§4.3).
  COIN_DECODER_UNSUPPORTED_VERSION = 8,
  COIN_DECODER_UNSUPPORTED_ARCHITECTURE = 9,
  COIN_DECODER_UNSUPPORTED_DEFAULTS = 10,
  COIN_DECODER_UNSUPPORTED_PACKING = 11,
  COIN_DECODER_INVALID_FIELD = 12,  ///< Out of its range.
  COIN_DECODER_WRONG_LENGTH = 13,   ///< Of a box (§4.2).
  COIN_DECODER_BAD_ARGUMENT =
      20,  ///< The caller's: a region, size or format that is not there.
  COIN_DECODER_SMALL_MEMORY = 21,  ///< The caller's: less memory than was said.
  COIN_DECODER_CANCELLED = 22,     ///< By the caller's progress function.
} coin_decoder_status;

/// What went wrong.
typedef struct {
  coin_decoder_status status;
  uint64_t offset;  ///< Where the stream is wrong; of a box, where it starts.
  const char
      *what;  ///< The field or argument, as "the width"; NULL where the status says it all.
} coin_decoder_error;

/// Kinds of networks (§5.2).
enum { COIN_DECODER_SIREN = 1, COIN_DECODER_LATENTS = 2 };

/// What the header says.
typedef struct {
  uint32_t width, height;        ///< 1 to 2^24 - 1.
  uint32_t channels;             ///< 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  uint32_t bit_depth;            ///< 8 or 16.
  uint32_t orientation;          ///< 1 to 8, as in TIFF.
  uint32_t primaries, transfer;  ///< Code points of ITU-T H.273.
  uint32_t tile_columns, tile_rows, overlap, alignment;
  uint32_t architecture_count;
  uint32_t kind;           ///< Of the first architecture.
  uint32_t octave_count;   ///< Sizes of 1/2^n, n below this, can be decoded; at least 1.
  uint64_t multiply_adds;  ///< That the whole picture takes at most; saturates.
  uint64_t memory;         ///< Bytes that coin_decoder_open needs.
  /// Why there are no pixels though the rest can be read: networks of a newer decoder.
  coin_decoder_error pixels;
} coin_decoder_info;

/// Reads the header alone: the first bytes of a stream do.
///
/// - count: of the whole stream, if `memory` is to be right; at least the header.
coin_decoder_error coin_decoder_probe(const uint8_t *bytes, size_t count,
                                      coin_decoder_info *info);

/// A stream whose boxes are all in order.
typedef struct coin_decoder coin_decoder;

/// Checks a whole stream, but for what takes as long as decoding.
///
/// - bytes: must stay where they are as long as the decoder is used.
/// - memory: `info.memory` bytes, aligned to 16.
/// - decoder: is in the memory; set unless there is an error.
coin_decoder_error coin_decoder_open(const uint8_t *bytes, size_t count, void *memory,
                                     uint64_t memory_size, coin_decoder **decoder);

/// Returns what the header says.
const coin_decoder_info *coin_decoder_get_info(const coin_decoder *decoder);

/// Blocks of metadata (§5.3).
typedef enum {
  COIN_DECODER_ICC = 0,
  COIN_DECODER_EXIF = 1,
  COIN_DECODER_XMP = 2,
} coin_decoder_block;

/// Returns a block, in the stream, or NULL if there is none; an empty one is not NULL.
const uint8_t *coin_decoder_metadata(const coin_decoder *decoder, coin_decoder_block block,
                                     size_t *count);

/// Density of pixels (§5.3).
typedef struct {
  uint32_t unit;  ///< 0 only the ratio counts, 1 per inch, 2 per centimeter.
  double horizontal, vertical;
} coin_decoder_resolution;

/// Returns whether the stream has a density.
int coin_decoder_get_resolution(const coin_decoder *decoder,
                                coin_decoder_resolution *resolution);

/// How samples are delivered; channels are interleaved.
typedef enum {
  COIN_DECODER_STORED =
      0,  ///< Channels and depth of the stream, 16 bits as the machine has them.
  COIN_DECODER_RGBA8 = 1,  ///< Red, green, blue, alpha of 8 bits; rounded, alpha straight.
} coin_decoder_format;

/// A part of the picture sampled at a size.
typedef struct {
  /// The size of the whole picture. Of latents ceil(size / 2^n), n below `octave_count`; of
  /// SIREN any up to 2^24 - 1.
  uint32_t picture_width, picture_height;
  uint32_t x, y, width, height;  ///< Not empty, within the picture.
} coin_decoder_region;

/// Returns the whole picture at 1/2^octave of its size, rounded up.
coin_decoder_region coin_decoder_octave(const coin_decoder_info *info, uint32_t octave);

/// Returns the bytes of a pixel in a format.
size_t coin_decoder_pixel_bytes(const coin_decoder_info *info, coin_decoder_format format);

/// Memory to decode regions: it keeps the latents that it has read, so that every part of a
/// picture is read once, whatever is asked for and in which order.
typedef struct coin_decoder_window coin_decoder_window;

/// Puts the bytes that a window for parts of `region` needs into `*size`.
coin_decoder_error coin_decoder_window_size(const coin_decoder *decoder,
                                            const coin_decoder_region *region, uint64_t *size);

/// Makes a window.
///
/// - region: later ones lie within it, at this size or at a coarser octave.
/// - memory: of the size above, aligned to 16.
/// - window: is in the memory; set unless there is an error.
coin_decoder_error coin_decoder_window_begin(const coin_decoder *decoder,
                                             const coin_decoder_region *region, void *memory,
                                             uint64_t memory_size,
                                             coin_decoder_window **window);

/// Told how much of a call's work is done; returns whether to stop.
typedef int (*coin_decoder_progress)(void *user, uint64_t done, uint64_t total);

/// Decodes a region.
///
/// - output: its first sample, of any alignment; `stride` bytes from a row to the next. Nothing
///   is written beside the rows; after an error they have any content.
/// - progress: or NULL.
coin_decoder_error coin_decoder_decode(coin_decoder_window *window,
                                       const coin_decoder_region *region,
                                       coin_decoder_format format, void *output,
                                       ptrdiff_t stride, coin_decoder_progress progress,
                                       void *user);

/// Returns value `row`, `column` of tensor `tensor` (0 to 14, in the order of latents §7.2) of
/// a set of defaults, or 0 if the set has none; for tests.
int32_t coin_decoder_default(uint32_t set, uint32_t tensor, uint32_t row, uint32_t column);

#ifdef __cplusplus
}
#endif
#endif
