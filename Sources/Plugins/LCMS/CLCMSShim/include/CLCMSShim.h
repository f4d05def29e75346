// Little CMS behind a few functions: conversions into sRGB, and profiles made from numbers.
//
// Each transform has a context of its own, so that threads share nothing.

#ifndef CLCMS_SHIM_H
#define CLCMS_SHIM_H

#include <stddef.h>
#include <stdint.h>

#define CLCMS_SWIFT_NAME(name) __attribute__((swift_name(name)))

// The version of the library at run time, such as 2140.
int clcms_version(void);

// How light was encoded.
typedef enum __attribute__((enum_extensibility(closed))) clcms_curve {
  CLCMS_CURVE_SRGB CLCMS_SWIFT_NAME("sRGB"),
  CLCMS_CURVE_BT709 CLCMS_SWIFT_NAME("bt709"),
  // A power; `exponent` is that of decoding.
  CLCMS_CURVE_POWER CLCMS_SWIFT_NAME("power"),
  // By `tables`.
  CLCMS_CURVE_TABLES CLCMS_SWIFT_NAME("tables"),
} clcms_curve;

// What samples mean: by a profile, or if there is none by numbers.
typedef struct clcms_colors {
  // An ICC profile, or NULL.
  const uint8_t *profile;
  size_t profile_length;
  clcms_curve curve;
  double exponent;
  // x and y of white, red, green and blue.
  double chromaticities[8];
  // The light from 0 to 65535 at even steps: one table for all color channels or, one after the
  // other, one for each of three. A table has `table_length` values, 2 to 4096.
  const uint16_t *tables;
  int table_count;
  uint32_t table_length;
  // What a profile for RGB names, too, for those who know code points (ICC.1:2022, cicpTag).
  int names_code_points;
  uint8_t code_points[4];
} clcms_colors;

// How pixels lie in memory. Channels are interleaved, alpha, if there is one, comes last.
typedef struct clcms_layout {
  // 1 gray, 3 RGB, 4 CMYK.
  int color_channel_count;
  int has_alpha;
  // 1, 2, or 4 for IEEE binary32.
  int sample_bytes;
} clcms_layout;

// Whether a conversion of such pixels can be made: whether the profile is of their kind.
int clcms_accepts(const clcms_colors *colors, int color_channel_count);

typedef struct clcms_transform clcms_transform;

// Makes a conversion into sRGB with the perceptual intent. Gray stays gray, all else becomes RGB;
// sample size and alpha stay. Returns NULL if the profile is damaged or memory is short.
clcms_transform *clcms_transform_create(const clcms_colors *colors, const clcms_layout *layout);
void clcms_transform_destroy(clcms_transform *transform);
void clcms_transform_run(const clcms_transform *transform, const void *input, void *output,
                         uint32_t pixel_count);

// Writes an ICC profile that says what the numbers in `colors` say to `bytes`. Returns its size, or
// 0 if it cannot be made or is larger than `capacity`. The same numbers give the same bytes.
size_t clcms_make_profile(const clcms_colors *colors, int color_channel_count, uint8_t *bytes,
                          size_t capacity);

enum { CLCMS_CURVE_SAMPLE_COUNT = 257 };

// What an ICC profile says, if it says it by numbers alone.
typedef struct clcms_description {
  // Whether it names code points (ICC.1:2022, cicpTag), and those.
  int has_code_points;
  uint8_t code_points[4];
  // Whether it has nothing but a curve for each channel and, for RGB, a matrix.
  int is_plain;
} clcms_description;

// Describes a profile. Returns whether it could be read and is for so many channels.
//
// A plain profile of RGB has its nine `colorants`, which are X, Y and Z of red, green and blue in
// light of D50, and three `curves` at even steps from 0 to 1; gray has one curve.
int clcms_describe(const uint8_t *profile, size_t length, int color_channel_count,
                   clcms_description *description, double *colorants, float *curves);

#endif
