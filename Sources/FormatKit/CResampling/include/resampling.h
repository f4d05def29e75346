// Rows of pixels as numbers: multiplied with weights, and added up.
//
// Samples of 8 and 16 bits become binary32, samples of binary32 become binary64. Sums are taken in
// the order of their terms, and no product is fused with a sum, so that every machine gets the same
// bits.

#ifndef RESAMPLING_H
#define RESAMPLING_H

#include <stddef.h>
#include <stdint.h>

#define RESAMPLING_SWIFT_NAME(name) __attribute__((swift_name(name)))

// How a sample is stored.
typedef enum __attribute__((enum_extensibility(closed))) resampling_sample {
  RESAMPLING_UINT8 RESAMPLING_SWIFT_NAME("uint8"),
  RESAMPLING_UINT16 RESAMPLING_SWIFT_NAME("uint16"),
  RESAMPLING_FLOAT32 RESAMPLING_SWIFT_NAME("float32"),
} resampling_sample;

// How the last channel changes the others.
typedef enum __attribute__((enum_extensibility(closed))) resampling_alpha {
  // Not at all.
  RESAMPLING_ALPHA_NONE RESAMPLING_SWIFT_NAME("none"),
  // Color is multiplied by it for the sums, and divided again.
  RESAMPLING_ALPHA_STRAIGHT RESAMPLING_SWIFT_NAME("straight"),
  // Color has been multiplied by it.
  RESAMPLING_ALPHA_PREMULTIPLIED RESAMPLING_SWIFT_NAME("premultiplied"),
} resampling_alpha;

// What a row of pixels is.
typedef struct resampling_form {
  resampling_sample sample;
  // The number of channels, 1 to 5, and of those that are colors: all, or all but the last.
  size_t channel_count;
  size_t color_count;
  resampling_alpha alpha;
  // The light that codes stand for, 0 to 1 and rising, `light_count` of them: one for each code of
  // an integer, or for equal steps from 0 to 1 of a real. NULL where samples are summed as they are.
  const double *light;
  size_t light_count;
} resampling_form;

// Of each number of a row that is made, the first that it is made of, and where its weights lie:
// from `offsets[i]` up to `offsets[i + 1]`.
typedef struct resampling_taps {
  size_t count;
  const ptrdiff_t *firsts;
  const ptrdiff_t *offsets;
  const double *weights;
} resampling_taps;

// How many numbers a pixel takes: its channels, and zeros up to a power of 2.
size_t resampling_stride(const resampling_form *form);

// The size of a number, in bytes.
size_t resampling_number_byte_count(const resampling_form *form);

// Makes numbers of `count` pixels.
void resampling_load(const resampling_form *form, const void *pixels, void *numbers, size_t count);

// Makes pixels of the numbers of `count` pixels: integers are rounded and brought into their range.
void resampling_store(const resampling_form *form, const void *numbers, void *pixels, size_t count);

// Adds the numbers of `count` pixels, times a weight.
void resampling_add(const resampling_form *form, const void *numbers, double weight, void *sums,
                    size_t count);

// Makes the pixels of a row of those of another, as taps say.
void resampling_filter(const resampling_form *form, const resampling_taps *taps,
                       const void *numbers, void *sums);

// Copies pixels of `byte_count` bytes each, at the given places of a row.
void resampling_pick(const ptrdiff_t *places, size_t count, size_t byte_count, const void *pixels,
                     void *picked);

#endif
