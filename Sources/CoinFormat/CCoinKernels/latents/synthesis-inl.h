// The synthesis: planes to samples (§7). Compiled once per instruction set by latents.c, after
// the other parts. Deliberately no include guard. Needs: KERNEL, layer-inl.h.

/// Samples of a row of r before its first one, and all that are not in the block.
#define ROW_LEAD 16
#define ROW_EXTRA 64

/// What a block's rows have in common.
typedef struct {
  const coin_latent_synthesis *synthesis;
  const coin_latent_plane *planes;
  const coin_latent_block *block;
  int16_t *rows;  // r of three rows, [y mod 3][outputs], padded
  size_t row_size;
} KERNEL(synthesizer);

/// Row `y` of output `c` of r, at the block's first column.
INLINE int16_t *KERNEL(row_of)(const KERNEL(synthesizer) * s, int32_t y, size_t c) {
  return s->rows + ((size_t)(y % 3) * s->synthesis->outputs + c) * s->row_size + ROW_LEAD;
}

/// Computes r of row `y`, and of one column more to each side.
static void KERNEL(synthesize_row)(const KERNEL(synthesizer) * s, int32_t y) {
  const coin_latent_synthesis *synthesis = s->synthesis;
  const coin_latent_block *block = s->block;
  size_t planes = synthesis->planes, width = synthesis->width, outputs = synthesis->outputs;
  const int16_t *input[COIN_LATENT_MAX_PLANES + 1];
  for (size_t i = 0; i < planes; i++)
    input[i] = s->planes[i].samples + (y - s->planes[i].top) * s->planes[i].stride +
               (block->left - s->planes[i].left);
  input[planes] = input[0];  // the partner of an odd one out
  int32_t end = smaller(block->width + 1, block->picture_width - block->left);
  for (int32_t x = block->left > 0 ? -1 : 0; x < end; x += 16) {
    KERNEL(pair) pairs[COIN_LATENT_MAX_WIDTH / 2];
    i32v out[COIN_LATENT_MAX_WIDTH + 4];
    for (size_t i = 0; i < planes; i += 2)
      KERNEL(make_pair)(&pairs[i / 2], input[i] + x, input[i + 1] + x);
    KERNEL(layer)(out, pairs, (planes + 1) / 2, synthesis->first, synthesis->first_biases,
                  width + outputs);
    KERNEL(rectify)(pairs, out, width / 2);
    KERNEL(layer)(out + width, pairs, width / 2, synthesis->second, NULL, outputs);
    for (size_t c = 0; c < outputs; c++) {
      i32v r = (out[width + c] + (1 << 10)) >> 11;
      KERNEL(saturate)(KERNEL(row_of)(s, y, c) + x, &r);
    }
  }
  for (size_t c = 0; c < outputs; c++) {  // beyond the picture: its border
    int16_t *row = KERNEL(row_of)(s, y, c);
    if (block->left == 0) row[-1] = row[0];
    if (end == block->width) row[end] = row[end - 1];
  }
}

/// Stores up to 16 pixels, interleaved.
#define STORE_PIXELS(type, channels)                                        \
  for (size_t p = 0; p < count; p++)                                        \
    for (size_t c = 0; c < (channels); c++)                                 \
      ((type *)to)[p * (channels) + c] = (type)samples[c][p]

INLINE void KERNEL(store_pixels)(void *to, const uint16_t samples[4][16], size_t channels,
                                 int is_16_bit, size_t count) {
  switch (channels + (is_16_bit ? 4 : 0)) {
    case 1: STORE_PIXELS(uint8_t, 1); break;
    case 2: STORE_PIXELS(uint8_t, 2); break;
    case 3: STORE_PIXELS(uint8_t, 3); break;
    case 4: STORE_PIXELS(uint8_t, 4); break;
    case 5: STORE_PIXELS(uint16_t, 1); break;
    case 6: STORE_PIXELS(uint16_t, 2); break;
    case 7: STORE_PIXELS(uint16_t, 3); break;
    case 8: STORE_PIXELS(uint16_t, 4); break;
  }
}

/// Rounds output `c` of the filter to samples: base and gain.
INLINE void KERNEL(quantize)(uint16_t *samples, const coin_latent_synthesis *synthesis,
                             size_t c, const i32v *sum, const int16_t *r) {
  i32v o = *sum + (__builtin_convertvector(*from16(r), i32v) << 12) + (1 << 11);
  o = clamp32(o >> 12, -32768, 32767);
  i32v level = o * synthesis->gain + synthesis->bases[c] * 128;
  level = synthesis->is_16_bit ? clamp32((level + (1 << 6)) >> 7, 0, 65535)
                               : clamp32((level + (1 << 14)) >> 15, 0, 255);
  *(u16v *)samples = __builtin_convertvector(level, u16v);
}

/// Computes the samples of row `y` from r of three rows.
static void KERNEL(filter_row)(const KERNEL(synthesizer) * s, int32_t y, uint8_t *output) {
  const coin_latent_synthesis *synthesis = s->synthesis;
  size_t outputs = synthesis->outputs, channels = synthesis->channels, elements = 9 * outputs;
  const int16_t *r[9 * 4 + 1];
  for (size_t c = 0; c < outputs; c++)
    for (int32_t k = 0; k < 9; k++) {
      int32_t row = smaller(larger(y + k / 3 - 1, 0), s->block->picture_height - 1);
      r[9 * c + (size_t)k] = KERNEL(row_of)(s, row, c) + k % 3 - 1;
    }
  r[elements] = r[0];  // the partner of an odd one out
  size_t width = (size_t)s->block->width, bytes = channels << synthesis->is_16_bit;
  uint16_t samples[4][16];
  // Opaque alpha is not an output.
  for (size_t p = 0; p < 16; p++)
    samples[channels - 1][p] = synthesis->is_16_bit ? 65535 : 255;
  for (size_t x = 0; x < width; x += 16) {
    KERNEL(pair) pairs[18];
    i32v sums[4];
    for (size_t k = 0; k < elements; k += 2)
      KERNEL(make_pair)(&pairs[k / 2], r[k] + x, r[k + 1] + x);
    KERNEL(layer)(sums, pairs, (elements + 1) / 2, synthesis->filter, synthesis->filter_biases,
                  outputs);
    for (size_t c = 0; c < outputs; c++)
      KERNEL(quantize)(samples[c], synthesis, c, &sums[c], r[9 * c + 4] + x);
    void *to = output + x * bytes;
    if (width - x >= 16)
      KERNEL(store_pixels)(to, samples, channels, (int)synthesis->is_16_bit, 16);
    else
      KERNEL(store_pixels)(to, samples, channels, (int)synthesis->is_16_bit, width - x);
  }
}

static void KERNEL(synthesize)(const coin_latent_synthesis *synthesis,
                               const coin_latent_plane *planes, const coin_latent_block *block,
                               void *output, size_t row_bytes, void *workspace) {
  KERNEL(synthesizer)
  s = {synthesis, planes, block, aligned(workspace), (size_t)block->width + ROW_EXTRA};
  int32_t next = larger(block->top - 1, 0);
  for (int32_t k = 0; k < block->height; k++) {
    int32_t y = block->top + k, last = smaller(y + 1, block->picture_height - 1);
    for (; next <= last; next++) KERNEL(synthesize_row)(&s, next);
    KERNEL(filter_row)(&s, y, (uint8_t *)output + (size_t)k * row_bytes);
  }
}

#undef STORE_PIXELS
#undef ROW_LEAD
#undef ROW_EXTRA
#undef STEP_BYTES

const coin_latent_kernels KERNEL(coin_latent_kernels) = {
    .decode = KERNEL(decode),
    .predict = KERNEL(predict),
    .plane_add = KERNEL(plane_add),
    .upsample = KERNEL(upsample),
    .synthesize = KERNEL(synthesize),
};
