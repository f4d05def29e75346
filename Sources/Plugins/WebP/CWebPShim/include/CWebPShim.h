// libwebp, libwebpdemux and libwebpmux behind functions that return a status.
//
// Reading keeps no state here: places in a file are ranges of the caller's bytes.

#ifndef CWEBP_SHIM_H
#define CWEBP_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_report.h>
#include <shim_status.h>

// The version of the encoder at run time, 0xMMmmrr.
int cwebp_library_version(void);

// ---------------------------------------------------------------------------- reading

typedef struct cwebp_size {
  int width;
  int height;
} cwebp_size;

// Finds the size of the canvas in the first bytes of a file; 32 are enough.
shim_status cwebp_read_size(const uint8_t *bytes, size_t count, cwebp_size *size);

// A part of a file; of length 0 where there is none.
typedef struct cwebp_range {
  size_t offset;
  size_t length;
} cwebp_range;

typedef struct cwebp_contents {
  cwebp_size canvas;
  uint32_t frame_count;
  int is_animated;
  // 0: endless.
  uint32_t loop_count;
  // 0xAARRGGBB.
  uint32_t background;
  // Whether the canvas with the first frame on it can be transparent anywhere.
  int has_alpha;
  cwebp_range icc;
  cwebp_range exif;
  cwebp_range xmp;
  // The first frame: its bitstream and its place on the canvas.
  cwebp_range frame;
  cwebp_size frame_size;
  int frame_x;
  int frame_y;
  int is_lossless;
} cwebp_contents;

// Finds what a file contains, without decoding; one that is cut inside a still picture only if
// `allows_cut`.
shim_status cwebp_read_contents(const uint8_t *bytes, size_t count, int allows_cut,
                                cwebp_contents *contents);

// Decodes one frame's bitstream of `size` into RGB or, if `has_alpha`, straight RGBA.
//
// `pixels` has room for `size.height` rows that start `bytes_per_row` apart, of which the last may
// end after its pixels.
shim_status cwebp_decode(const uint8_t *bytes, size_t count, cwebp_size size, int has_alpha,
                         int use_threads, uint8_t *pixels, size_t bytes_per_row);

// Decodes as cwebp_decode does, but of a bitstream that is cut or damaged only the first rows, and
// tells their number. The others stay as they were, or get wrong pixels.
shim_status cwebp_salvage(const uint8_t *bytes, size_t count, cwebp_size size, int has_alpha,
                          uint8_t *pixels, size_t bytes_per_row, int *good_row_count);

// Where and how a frame of an animation is drawn.
typedef struct cwebp_frame {
  int x;
  int y;
  cwebp_size size;
  // In milliseconds.
  int duration;
  int has_alpha;
  // Whether it is laid over what is there, rather than replacing it.
  int is_blended;
  // Whether its place becomes transparent before the next frame.
  int is_cleared;
} cwebp_frame;

// Describes the `frame_count` frames of a whole file, without decoding.
shim_status cwebp_read_frames(const uint8_t *bytes, size_t count, cwebp_frame *frames,
                              size_t frame_count);

// Draws the frames of an animation onto its canvas, one after the other.
typedef struct cwebp_animation cwebp_animation;

// Makes one that stands before the first frame and keeps a copy of the file. Returns NULL if memory
// is short or the file is damaged.
cwebp_animation *cwebp_animation_create(const uint8_t *bytes, size_t count, int use_threads);
void cwebp_animation_destroy(cwebp_animation *animation);

// Goes back before the first frame.
void cwebp_animation_rewind(cwebp_animation *animation);

// Draws the next frame. Returns the canvas of `count` bytes, straight RGBA, which lives until the
// next call, or NULL if the frame is damaged.
const uint8_t *cwebp_animation_next(cwebp_animation *animation, size_t *count);

// ---------------------------------------------------------------------------- writing

typedef struct cwebp_encoder cwebp_encoder;

typedef struct cwebp_settings {
  // 0…100, where the bitstream is lossy.
  float quality;
  // 0…6, where the bitstream is lossy.
  int method;
  int is_lossless;
  // 0…9, where the bitstream is lossless.
  int lossless_level;
  // 0…100, where 100 keeps every sample.
  int near_lossless;
  // Whether colors under full transparency are kept.
  int is_exact;
  int use_sharp_yuv;
  // 0…100, where 100 keeps every value.
  int alpha_quality;
  // In bytes, or 0 for none.
  int target_size;
  int use_threads;
} cwebp_settings;

// Hears how much is done, in percent. Returns 0 to stop.
typedef int (*cwebp_progress)(void *context, int percent);

// Makes an encoder that holds a whole image. Returns NULL if memory is short.
cwebp_encoder *cwebp_encoder_create(cwebp_size size, int has_alpha);
void cwebp_encoder_destroy(cwebp_encoder *encoder);

// Takes the next `count` rows, RGB or straight RGBA without padding; not more than there are.
void cwebp_encoder_add_rows(cwebp_encoder *encoder, const uint8_t *rows, int count);

// Encodes the image, once.
shim_status cwebp_encoder_encode(cwebp_encoder *encoder, const cwebp_settings *settings,
                                 cwebp_progress progress, void *context);

typedef struct cwebp_animation_settings {
  int frame_count;
  // 0…65535, where 0 is endless.
  int loop_count;
  // 0xAARRGGBB.
  uint32_t background;
  // Whether each frame may be lossy or lossless, whichever is smaller.
  int allows_mixing;
} cwebp_animation_settings;

// Makes what follows an animation, of frames that each are rows and their end.
shim_status cwebp_encoder_begin_animation(cwebp_encoder *encoder, const cwebp_settings *settings,
                                          cwebp_animation_settings parameters);

// Encodes the frame whose rows have been added last, to be shown for 0…16777215 milliseconds.
shim_status cwebp_encoder_end_frame(cwebp_encoder *encoder, int duration);

// Encodes what is left, after all frames.
shim_status cwebp_encoder_end_animation(cwebp_encoder *encoder);

// Adds a chunk with metadata to the encoded file. `type` has four letters.
shim_status cwebp_encoder_add_chunk(cwebp_encoder *encoder, const char *type,
                                    const uint8_t *bytes, size_t count);

// Assembles the file after all chunks have been added. The bytes are owned by the encoder.
shim_status cwebp_encoder_assemble(cwebp_encoder *encoder, const uint8_t **bytes,
                                   size_t *count);

// Why the last call failed.
const shim_report *cwebp_encoder_report(const cwebp_encoder *encoder);

#endif
