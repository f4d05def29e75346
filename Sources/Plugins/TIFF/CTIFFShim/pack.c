// Whole samples to packed ones.
#include <string.h>

#include "CTIFFShim.h"

// Collects samples of a few bits into bytes.
typedef struct packer {
  uint8_t *output;
  uint32_t bits, used;
  uint8_t byte;
} packer;

static inline void pack(packer *packer, uint32_t sample) {
  packer->byte = (uint8_t)(packer->byte << packer->bits | sample);
  packer->used += packer->bits;
  if (packer->used == 8) {
    *packer->output++ = packer->byte;
    packer->used = 0;
  }
}

static inline void finish(packer *packer) {
  if (packer->used > 0) *packer->output = (uint8_t)(packer->byte << (8 - packer->used));
}

int ctiff_pack_gray(const uint8_t *samples, size_t width, uint32_t bits, int is_inverted,
                    uint8_t *output) {
  packer packer = {output, bits, 0, 0};
  const uint32_t maximum = (1u << bits) - 1, step = 255 / maximum;
  for (size_t x = 0; x < width; x++) {
    const uint32_t sample = samples[x] >> (8 - bits);
    if (sample * step != samples[x]) return 0;
    pack(&packer, is_inverted ? maximum - sample : sample);
  }
  finish(&packer);
  return 1;
}

static inline uint32_t color_key(const uint8_t *rgb) {
  return 1u << 24 | (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
}

// Where a color is, or where it would go. There are at most 256 in 1024 slots.
static inline uint32_t palette_slot(const ctiff_palette *palette, uint32_t key) {
  uint32_t slot = (key * 2654435761u) >> 22;
  while (palette->keys[slot] != 0 && palette->keys[slot] != key) slot = (slot + 1) & 1023;
  return slot;
}

void ctiff_fill_palette(ctiff_palette *palette, const uint8_t *rgb, size_t count) {
  memset(palette, 0, sizeof *palette);
  for (size_t i = 0; i < count && i < 256; i++) {
    const uint32_t key = color_key(rgb + 3 * i);
    const uint32_t slot = palette_slot(palette, key);
    // The first of equal colors counts.
    if (palette->keys[slot] == 0) palette->places[slot] = (uint8_t)i;
    palette->keys[slot] = key;
  }
}

int ctiff_pack_palette(const ctiff_palette *palette, const uint8_t *pixels, size_t width,
                       uint32_t bits, uint8_t *output) {
  packer packer = {output, bits, 0, 0};
  for (size_t x = 0; x < width; x++) {
    const uint32_t slot = palette_slot(palette, color_key(pixels + 3 * x));
    if (palette->keys[slot] == 0) return 0;
    pack(&packer, palette->places[slot]);
  }
  finish(&packer);
  return 1;
}
