// Colors that no pixel layout has, to RGB.
#include <math.h>

#include "CTIFFShim.h"

// --- YCbCr

void ctiff_expand_ycbcr(const uint8_t *units, uint32_t horizontal, uint32_t vertical,
                        size_t width, size_t rows, uint8_t *output) {
  const size_t unit_size = (size_t)horizontal * vertical + 2;
  const size_t units_across = (width + horizontal - 1) / horizontal;
  for (size_t y = 0; y < rows; y++) {
    const uint8_t *row = units + y / vertical * units_across * unit_size;
    const size_t first_luma = y % vertical * horizontal;
    for (size_t x = 0; x < width; x++, output += 3) {
      const uint8_t *unit = row + x / horizontal * unit_size;
      output[0] = unit[first_luma + x % horizontal];
      output[1] = unit[unit_size - 2];
      output[2] = unit[unit_size - 1];
    }
  }
}

static inline uint8_t rounded_byte(float value) {
  // A comparison that NaN fails comes first.
  if (!(value > 0)) return 0;
  return value >= 255 ? 255 : (uint8_t)(value + 0.5f);
}

void ctiff_ycbcr_to_rgb(const float *tables, uint8_t *pixels, size_t count,
                        size_t channel_count) {
  const float *red = tables + 256, *green_cb = red + 256, *green_cr = green_cb + 256;
  const float *blue = green_cr + 256;
  for (; count > 0; count--, pixels += channel_count) {
    const float luma = tables[pixels[0]];
    const uint8_t cb = pixels[1], cr = pixels[2];
    pixels[0] = rounded_byte(luma + red[cr]);
    pixels[1] = rounded_byte(luma + green_cb[cb] + green_cr[cr]);
    pixels[2] = rounded_byte(luma + blue[cb]);
  }
}

// --- CIE L*a*b*

// The inverse of f of CIE 15: cubes, and a straight line near zero.
static inline double lab_inverse(double t) {
  return t > 6.0 / 29 ? t * t * t : (t - 4.0 / 29) * (108.0 / 841);
}

// IEC 61966-2-1, 0…1 to 0…1.
static inline double srgb_encoded(double linear) {
  if (!(linear > 0)) return 0;
  if (linear >= 1) return 1;
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

static void lab_to_srgb(double lightness, double a, double b, double rgb[3]) {
  const double fy = (lightness + 16) / 116;
  // Relative to the white point, so that white stays white whatever the rounding below.
  const double x = 0.96422 * lab_inverse(fy + a / 500);
  const double y = lab_inverse(fy);
  const double z = 0.82521 * lab_inverse(fy - b / 200);
  // XYZ of D50 to linear sRGB, Bradford's adaptation to D65 included; the rows take D50 to 1.
  static const double matrix[3][3] = {{3.1338561, -1.6168667, -0.4906146},
                                      {-0.9787684, 1.9161415, 0.0334540},
                                      {0.0719453, -0.2289914, 1.4052427}};
  for (int i = 0; i < 3; i++) {
    rgb[i] = srgb_encoded(matrix[i][0] * x + matrix[i][1] * y + matrix[i][2] * z);
  }
}

void ctiff_lab8_to_srgb(uint8_t *pixels, size_t count, size_t channel_count, int is_offset) {
  for (; count > 0; count--, pixels += channel_count) {
    const int a = is_offset ? pixels[1] - 128 : (int8_t)pixels[1];
    const int b = is_offset ? pixels[2] - 128 : (int8_t)pixels[2];
    double rgb[3];
    lab_to_srgb(pixels[0] * (100.0 / 255), a, b, rgb);
    for (int i = 0; i < 3; i++) pixels[i] = (uint8_t)(rgb[i] * 255 + 0.5);
  }
}

void ctiff_lab16_to_srgb(uint16_t *pixels, size_t count, size_t channel_count,
                         int is_offset) {
  // ICC.1:2001 gives L* = 100 the code 0xFF00, TIFF the largest.
  const double lightest = is_offset ? 0xFF00 : 0xFFFF;
  for (; count > 0; count--, pixels += channel_count) {
    const int a = is_offset ? pixels[1] - 0x8000 : (int16_t)pixels[1];
    const int b = is_offset ? pixels[2] - 0x8000 : (int16_t)pixels[2];
    double rgb[3];
    lab_to_srgb(pixels[0] * (100 / lightest), a / 256.0, b / 256.0, rgb);
    for (int i = 0; i < 3; i++) pixels[i] = (uint16_t)(rgb[i] * 65535 + 0.5);
  }
}

// --- CIE XYZ

void ctiff_xyz_to_rgb(float *pixels, size_t count, size_t channel_count) {
  for (; count > 0; count--, pixels += channel_count) {
    const float x = pixels[0], y = pixels[1], z = pixels[2];
    pixels[0] = 2.690f * x - 1.276f * y - 0.414f * z;
    pixels[1] = -1.022f * x + 1.978f * y + 0.044f * z;
    pixels[2] = 0.061f * x - 0.224f * y + 1.163f * z;
  }
}
