// Reals of 16 bits (IEEE binary16).
#ifndef CEXR_HALF_H
#define CEXR_HALF_H

#include <stdint.h>
#include <string.h>

static inline float cexr_from_half(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 31, fraction = half & 0x3FF;
  uint32_t bits;
  if (exponent == 0) {
    float value = (float)fraction * 0x1p-24f;
    memcpy(&bits, &value, sizeof bits);
    bits |= sign;
  } else {
    bits = sign | (exponent == 31 ? 255u : exponent + 112) << 23 | fraction << 13;
  }
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Shifts to the right and rounds to the nearest, of two to the even one.
static inline uint32_t cexr_rounded(uint32_t value, unsigned shift) {
  const uint32_t rest = value & ((1u << shift) - 1), half = 1u << (shift - 1);
  const uint32_t result = value >> shift;
  return result + (rest > half || (rest == half && (result & 1)));
}

// The nearest half. What is finite and beyond the largest becomes that, and is counted.
static inline uint16_t cexr_to_half(float value, uint64_t *clamped_count) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
  const uint32_t exponent = magnitude >> 23;
  if (magnitude > 0x7F800000) {
    return (uint16_t)(sign | 0x7E00 | (magnitude >> 13 & 0x3FF));
  }
  if (magnitude == 0x7F800000) return (uint16_t)(sign | 0x7C00);
  // From half a step above the largest on it would be rounded to infinity.
  if (magnitude >= 0x477FF000) {
    ++*clamped_count;
    return (uint16_t)(sign | 0x7BFF);
  }
  if (exponent >= 113) return (uint16_t)(sign | cexr_rounded(magnitude - (112u << 23), 13));
  // Less than half of the smallest.
  if (exponent < 102) return (uint16_t)sign;
  return (uint16_t)(sign | cexr_rounded((magnitude & 0x7FFFFF) | 0x800000, 126 - exponent));
}

#endif
