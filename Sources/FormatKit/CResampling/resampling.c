#include "resampling.h"

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

#define KERNEL(name) name##_binary32
#define NUMBER float
#include "sums-inl.h"
#undef KERNEL
#undef NUMBER

#define KERNEL(name) name##_binary64
#define NUMBER double
#include "sums-inl.h"
#undef KERNEL
#undef NUMBER

#define KERNEL(name) name##_uint8
#define SAMPLE uint8_t
#define NUMBER float
#define IS_REAL 0
#define LARGEST 255
#include "samples-inl.h"
#undef KERNEL
#undef SAMPLE
#undef LARGEST

#define KERNEL(name) name##_uint16
#define SAMPLE uint16_t
#define LARGEST 65535
#include "samples-inl.h"
#undef KERNEL
#undef SAMPLE
#undef NUMBER
#undef IS_REAL
#undef LARGEST

#define KERNEL(name) name##_float32
#define SAMPLE float
#define NUMBER double
#define IS_REAL 1
#define LARGEST 1
#include "samples-inl.h"

size_t resampling_stride(const resampling_form *form) {
  size_t stride = 1;
  while (stride < form->channel_count) stride *= 2;
  return stride;
}

size_t resampling_number_byte_count(const resampling_form *form) {
  return form->sample == RESAMPLING_FLOAT32 ? sizeof(double) : sizeof(float);
}

void resampling_load(const resampling_form *form, const void *pixels, void *numbers, size_t count) {
  switch (form->sample) {
    case RESAMPLING_UINT8: load_uint8(form, pixels, numbers, count); break;
    case RESAMPLING_UINT16: load_uint16(form, pixels, numbers, count); break;
    case RESAMPLING_FLOAT32: load_float32(form, pixels, numbers, count); break;
  }
}

void resampling_store(const resampling_form *form, const void *numbers, void *pixels,
                      size_t count) {
  switch (form->sample) {
    case RESAMPLING_UINT8: store_uint8(form, numbers, pixels, count); break;
    case RESAMPLING_UINT16: store_uint16(form, numbers, pixels, count); break;
    case RESAMPLING_FLOAT32: store_float32(form, numbers, pixels, count); break;
  }
}

void resampling_add(const resampling_form *form, const void *numbers, double weight, void *sums,
                    size_t count) {
  const size_t number_count = count * resampling_stride(form);
  if (form->sample == RESAMPLING_FLOAT32) {
    add_binary64(numbers, weight, sums, number_count);
  } else {
    add_binary32(numbers, (float)weight, sums, number_count);
  }
}

void resampling_filter(const resampling_form *form, const resampling_taps *taps,
                       const void *numbers, void *sums) {
  const size_t stride = resampling_stride(form);
  if (form->sample == RESAMPLING_FLOAT32) {
    filter_binary64(taps, numbers, sums, stride);
  } else {
    filter_binary32(taps, numbers, sums, stride);
  }
}

void resampling_pick(const ptrdiff_t *places, size_t count, size_t byte_count, const void *pixels,
                     void *picked) {
  uint8_t *to = picked;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *from = (const uint8_t *)pixels + (size_t)places[i] * byte_count;
    for (size_t byte = 0; byte < byte_count; byte++) *to++ = from[byte];
  }
}
