// The bodies of descriptors: SIREN (§5.2) and latents (latents §2), and what they cost.

#include <string.h>

#include "internal.h"

static int read_scale(cursor *c, const char *field, float *scale) {
  uint64_t start = place(c);
  uint32_t bits;
  if (!read_u32(c, &bits)) return 0;
  memcpy(scale, &bits, sizeof bits);
  if (!(*scale >= 0x1p-16f && *scale <= 0x1p16f))
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, field);
  return 1;
}

int parse_siren(cursor *c, uint32_t channels, siren *result) {
  uint32_t zero, layers;
  *result = (siren){0};
  if (!read_byte(c, "the coordinate convention", 0, 0, &zero) ||
      !read_byte(c, "the output mapping", 0, 0, &zero) ||
      !read_byte(c, "the number of layers", 1, COIN_MAX_HIDDEN_LAYERS, &layers) ||
      !read_scale(c, "the first scale", &result->first_scale) ||
      !read_scale(c, "the hidden scale", &result->hidden_scale))
    return 0;
  result->shape.layer_count = layers + 1;
  result->shape.sizes[0] = 2;
  for (uint32_t l = 1; l <= layers; l++)
    if (!read_byte(c, "the width of a layer", 1, COIN_MAX_WIDTH, &result->shape.sizes[l]))
      return 0;
  result->shape.sizes[layers + 1] = channels;
  return 1;
}

static int read_even(cursor *c, const char *field, uint32_t highest, uint32_t *value) {
  uint64_t start = place(c);
  if (!read_byte(c, field, 2, highest, value)) return 0;
  if (*value % 2) return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, field);
  return 1;
}

enum { NO_LEVEL = 255 };

/// Reads the first levels of the groups; those without grids get `levels`.
static int read_levels(cursor *c, uint32_t channels, latents *l) {
  if (!read_byte(c, "the number of levels", 1, COIN_LATENT_MAX_LEVELS, &l->levels)) return 0;
  uint32_t last = l->levels - 1, chroma, alpha;
  int is_gray = channels < 3, has_alpha = channels % 2 == 0;
  if (!read_byte(c, "the first luma level", 0, last, &l->first[0]) ||
      !read_byte(c, "the first chroma level", is_gray ? NO_LEVEL : 0, is_gray ? NO_LEVEL : last,
                 &chroma))
    return 0;
  uint64_t start = place(c);
  if (!read_u8(c, &alpha)) return 0;
  if (alpha != NO_LEVEL && (!has_alpha || alpha > last))
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, "the first alpha level");
  l->first[1] = l->first[2] = is_gray ? l->levels : chroma;
  l->first[3] = alpha == NO_LEVEL ? l->levels : alpha;
  l->inputs = l->levels - l->first[0] + (is_gray ? 0 : 2) + (alpha != NO_LEVEL);
  l->outputs = (is_gray ? 1 : 3) + (alpha != NO_LEVEL);
  return 1;
}

int parse_latents(cursor *c, uint32_t channels, latents *result) {
  uint64_t start = place(c);
  uint32_t bits, zero;
  *result = (latents){0};
  if (!read_u8(c, &result->defaults)) return 0;
  if (result->defaults > default_set_count())
    return fail(&c->error, COIN_DECODER_UNSUPPORTED_DEFAULTS, start, NULL);
  if (!read_levels(c, channels, result) ||
      !read_even(c, "the number of contexts", COIN_LATENT_MAX_CONTEXTS, &result->contexts) ||
      !read_even(c, "the width of the entropy network", COIN_LATENT_MAX_HIDDEN,
                 &result->hidden) ||
      !read_even(c, "the width of the synthesis", COIN_LATENT_MAX_WIDTH, &result->width) ||
      !read_byte(c, "the logarithm of the coder's states", 0, 4, &bits) ||
      !read_byte(c, "the reserved byte", 0, 0, &zero))
    return 0;
  result->states = 1u << bits;
  return 1;
}

uint64_t siren_cost(const coin_decoder *d) {
  const coin_decoder_info *info = &d->info;
  uint64_t largest = 0;
  for (uint32_t k = 0; k < info->architecture_count; k++) {
    coin_network shape = siren_of(d, k).shape;
    uint64_t each = 0;
    for (uint32_t l = 0; l < shape.layer_count; l++)
      each += (uint64_t)shape.sizes[l] * shape.sizes[l + 1];
    largest = most(largest, each);
  }
  uint64_t width = info->width + 2 * (uint64_t)info->overlap * (info->tile_columns - 1);
  uint64_t height = info->height + 2 * (uint64_t)info->overlap * (info->tile_rows - 1);
  // A network has less than 2^16 weights. (A division would make 32-bit code ask for a
  // library.)
  uint64_t pixels = width * height;
  return pixels >> 47 ? UINT64_MAX : pixels * largest;
}

uint64_t latents_cost(const coin_decoder *d) {
  const latents *l = &d->latents;
  uint64_t inputs = l->contexts + COIN_LATENT_FEATURES, hidden = l->hidden, count = 0, cost = 0;
  for (uint32_t level = 0; level < l->levels; level++) {
    uint64_t width = scaled(d->info.width, level), height = scaled(d->info.height, level);
    for (uint32_t g = 0; g < 4; g++) count += has_grid(l, g, level) ? width * height : 0;
    if (level == 0) continue;
    uint64_t planes = l->inputs - (level < l->first[0] ? 0 : level - l->first[0]);
    uint64_t finer_width = scaled(d->info.width, level - 1);
    cost += 4 * scaled(d->info.height, level - 1) * (width + finer_width) * planes;
  }
  cost += count * (hidden * inputs + hidden * hidden + 2 * (hidden + inputs));
  uint64_t outputs = l->outputs;
  uint64_t pixel =
      l->width * l->inputs + outputs * (l->width + l->inputs) + 9 * outputs * outputs;
  return cost + (uint64_t)d->info.width * d->info.height * pixel;
}
