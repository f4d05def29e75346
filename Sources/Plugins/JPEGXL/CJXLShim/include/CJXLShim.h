// libjxl behind functions that return a status, with the library's structs kept on this side.

#ifndef CJXL_SHIM_H
#define CJXL_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <shim_status.h>

// The version of libjxl at run time: major × 1 000 000 + minor × 1000 + patch.
uint32_t cjxl_library_version(void);

// Bytes that the struct around them owns, or the caller where they are passed in.
typedef struct cjxl_bytes {
  uint8_t *start;
  size_t count;
} cjxl_bytes;

// Samples in host byte order, rows without padding.
typedef struct cjxl_layout {
  // 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA.
  uint32_t channel_count;
  // 8 and 16, unsigned, or 32, binary32.
  int sample_bits;
} cjxl_layout;

// How samples are to be understood as colors.
typedef enum __attribute__((enum_extensibility(closed))) cjxl_color_kind {
  CJXL_COLOR_SRGB SHIM_SWIFT_NAME("standardRGB"),
  // By code points (ITU-T H.273).
  CJXL_COLOR_CODE_POINTS SHIM_SWIFT_NAME("codePoints"),
  CJXL_COLOR_ICC SHIM_SWIFT_NAME("icc"),
  // sRGB, into which libjxl converts what was made from another space.
  CJXL_COLOR_CONVERTED SHIM_SWIFT_NAME("converted"),
} cjxl_color_kind;

// What a file says; its blocks are to be freed.
typedef struct cjxl_contents {
  uint32_t width;
  uint32_t height;
  cjxl_layout layout;
  uint32_t significant_bits;
  int is_premultiplied;
  int has_original_samples;
  // 1…8, as in Exif.
  int orientation;
  // Whether the pictures are the frames of an animation, each with a duration in ticks.
  int is_animated;
  uint32_t frame_count;
  uint32_t *durations;
  // How many ticks in how many seconds.
  uint32_t tick_count;
  uint32_t tick_seconds;
  // 0: endless.
  uint32_t loop_count;
  // The size that the picture is to be shown at; 0 if it is not said.
  uint32_t shown_width;
  uint32_t shown_height;
  // How bright white is, in cd/m2, and what of the darkest is left as it is.
  float intensity_target;
  float least_intensity;
  float linear_below;
  int has_time_codes;
  // Whether a frame has a name.
  int has_frame_names;
  // Channels that are neither color nor the first alpha.
  uint32_t extra_channel_count;
  int has_black;
  cjxl_color_kind color;
  uint8_t primaries;
  uint8_t transfer;
  cjxl_bytes icc;
  cjxl_bytes exif;
  cjxl_bytes xmp;
  // Whether one of these exceeds the limit, which is why reading has failed.
  int has_too_much_metadata;
} cjxl_contents;

// Reads the size of a picture from the start of a bare codestream. Returns whether it was there.
int cjxl_read_size(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);

// Reads all but pixels of a whole file, or of one that is cut inside a picture if `allows_cut`.
shim_status cjxl_read_contents(const uint8_t *bytes, size_t count, size_t metadata_limit,
                               int allows_cut, cjxl_contents *contents);
void cjxl_free_contents(cjxl_contents *contents);

// Decodes the pictures of a file, one after the other.
typedef struct cjxl_decoder cjxl_decoder;

// Makes one that begins after `skipped_count` pictures. Returns NULL if memory is short.
cjxl_decoder *cjxl_decoder_create(const cjxl_contents *contents, size_t thread_count,
                                  size_t skipped_count);
void cjxl_decoder_destroy(cjxl_decoder *decoder);

// Decodes the next picture of the whole file, always the same, into `pixels`, which have the size
// that the contents say; of one that is cut, if `allows_cut`, what is there. Tells whether it is.
shim_status cjxl_decoder_next(cjxl_decoder *decoder, const uint8_t *bytes, size_t count,
                              int allows_cut, int *is_cut, uint8_t *pixels,
                              size_t pixel_byte_count);

// What the decoder has read of the file so far: up to the end of the picture that it has decoded.
size_t cjxl_decoder_consumed_count(const cjxl_decoder *decoder);

// Whether a picture can say that its colors are those of code points.
int cjxl_stores_code_points(uint8_t primaries, uint8_t transfer);

// Whether libjxl accepts a color profile.
int cjxl_takes_profile(cjxl_bytes icc, int is_gray);

typedef struct cjxl_image {
  uint32_t width;
  uint32_t height;
  cjxl_layout layout;
  uint32_t significant_bits;
  int orientation;
  int is_lossless;
  // 0 is lossless to the eye at any magnification, 1 at a usual distance, 25 the worst.
  float distance;
  // 1…9.
  int effort;
  cjxl_color_kind color;
  uint8_t primaries;
  uint8_t transfer;
  // Empty where there is none.
  cjxl_bytes icc;
  cjxl_bytes exif;
  cjxl_bytes xmp;
  int is_animated;
  uint32_t ticks_per_second;
  // 0: endless.
  uint32_t loop_count;
} cjxl_image;

typedef struct cjxl_encoder cjxl_encoder;

// Starts a file. What the image points to is needed only during this call. The encoder is NULL
// unless the status is ok.
shim_status cjxl_encoder_create(const cjxl_image *image, size_t thread_count,
                                cjxl_encoder **encoder);
void cjxl_encoder_destroy(cjxl_encoder *encoder);

// Makes a file from which a whole JPEG file can be rebuilt, as libjxl says. Unsupported is a JPEG file
// that libjxl does not take, failed is one that could not be had again. The encoder is NULL unless
// the status is ok; it holds the file, and takes no picture.
shim_status cjxl_encoder_create_from_jpeg(const uint8_t *jpeg, size_t count, int effort,
                                          size_t thread_count, cjxl_encoder **encoder);

// Encodes the next picture, shown for so many ticks.
shim_status cjxl_encoder_add(cjxl_encoder *encoder, const uint8_t *pixels,
                             size_t pixel_byte_count, uint32_t duration, int is_last);

// The file, which the encoder owns, once the last picture has been added.
cjxl_bytes cjxl_encoder_file(const cjxl_encoder *encoder);

// Rebuilds the JPEG file from which a whole file was made; the caller frees it with
// `cjxl_free_bytes`. Fails where the file does not say how, or where it would have more than `limit`
// bytes, and tells whether that is why.
shim_status cjxl_rebuild_jpeg(const uint8_t *bytes, size_t count, size_t limit,
                              size_t thread_count, cjxl_bytes *jpeg, int *exceeds_limit);
void cjxl_free_bytes(cjxl_bytes *bytes);

#endif
