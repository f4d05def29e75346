// The entropy network on the lanes of a strip, and the decoding of a grid (§2-5). Compiled once
// per instruction set by latents.c. Deliberately no include guard. Needs: KERNEL, layer-inl.h.

/// Evaluates the network for the lanes at time `t`.
INLINE void KERNEL(predict_lanes)(const coin_latent_network *network,
                                  const int16_t *const *inputs, const i16v *flag, size_t t,
                                  int32_t mean[16], int32_t scale[16]) {
  KERNEL(pair) x[COIN_LATENT_MAX_PAIRS], h[COIN_LATENT_MAX_HIDDEN / 2];
  i32v out[COIN_LATENT_MAX_HIDDEN + 2], last[2];
  size_t contexts = network->contexts, hidden = network->hidden, offset = t * STEP;
  size_t pairs = (contexts + COIN_LATENT_FEATURES) / 2;
  for (size_t k = 0; k + 1 < pairs; k++)
    KERNEL(make_pair)(&x[k], inputs[2 * k] + offset, inputs[2 * k + 1] + offset);
  KERNEL(make_pair)(&x[pairs - 1], inputs[contexts + 4] + offset, (const int16_t *)flag);
  KERNEL(layer)(out, x, pairs, network->first, network->first_biases, hidden + 2);
  KERNEL(rectify)(h, out, hidden / 2);
  last[0] = out[hidden];
  last[1] = out[hidden + 1];
  KERNEL(layer)(out, h, hidden / 2, network->second, network->second_biases, hidden);
  KERNEL(rectify)(h, out, hidden / 2);
  KERNEL(layer_block)(last, h, hidden / 2, network->third, NULL, 2, 0, 2);
  *(i32v *)mean = clamp32((last[0] + (1 << 13)) >> 14, -16 * COIN_LATENT_MAX,
                          16 * COIN_LATENT_MAX);
  *(i32v *)scale =
      clamp32(((last[1] + (1 << 13)) >> 14) + 48, 0, COIN_LATENT_SCALES - 1);
}

/// Takes the bytes that a state lacks where two more bytes are there in any case.
INLINE void KERNEL(refill)(coin_latent_reader *reader, uint32_t *state) {
  uint32_t x = *state, bits = 0;
  bits = (uint32_t)(x < COIN_STATE_LOW) * 8 + (uint32_t)(x < COIN_STATE_LOW >> 8) * 8;
  const uint8_t *bytes = reader->bytes + reader->position;
  uint32_t two = (uint32_t)bytes[0] << 8 | bytes[1];
  *state = x << bits | two >> (16 - bits);
  reader->position += bits >> 3;
}

/// Reads the latent of a lane into `*value`; `is_near_end` is a constant.
INLINE coin_latent_status KERNEL(read_lane)(coin_latent_reader *reader,
                                            const coin_latent_tables *tables, int32_t mean,
                                            uint32_t scale, uint32_t *state, int is_near_end,
                                            int32_t *value) {
  coin_latent_status status = COIN_LATENT_OK;
  if (is_near_end) {
    status = coin_read_value(reader, tables, mean, scale, state, value);
  } else {
    int32_t nearest = coin_nearest(mean), escape = tables->rows[scale].escape, e = 0;
    int32_t j =
        (int32_t)coin_take_symbol(tables, scale, mean - 16 * nearest, state) - escape;
    KERNEL(refill)(reader, state);
    if (__builtin_expect(j == escape || j == -escape, 0)) {
      status = coin_read_escape(reader, state, &e);
      if (j < 0) e = -e;
    }
    *value = nearest + j + e;
  }
  if (*value < -COIN_LATENT_MAX || *value > COIN_LATENT_MAX)
    status = status ? status : COIN_LATENT_OUT_OF_RANGE;
  return status;
}

/// Reads the latents of lanes `first` to `end` at time `t`.
INLINE coin_latent_status KERNEL(read_lanes)(coin_latent_reader *reader,
                                             const coin_latent_tables *tables,
                                             const int32_t mean[16], const int32_t scale[16],
                                             size_t first, size_t end, int is_near_end,
                                             int16_t *skewed, int16_t *raster,
                                             ptrdiff_t raster_step) {
  uint32_t mask = reader->state_count - 1;
  for (size_t r = first; r < end; r++) {
    int32_t value;
    coin_latent_status status =
        KERNEL(read_lane)(reader, tables, mean[r], (uint32_t)scale[r],
                          &reader->states[r & mask], is_near_end, &value);
    if (__builtin_expect(status != COIN_LATENT_OK, 0)) return status;
    raster[(ptrdiff_t)r * raster_step] = (int16_t)value;
    skewed[r] = (int16_t)(value * (1 << INPUT_SHIFT));
  }
  return COIN_LATENT_OK;
}

/// Bytes that a time step takes at the most: three ranges a latent.
#define STEP_BYTES (6 * COIN_STRIP)

/// Reads the strip at row `top`.
static coin_latent_status KERNEL(decode_strip)(const coin_latent_network *network,
                                               const coin_latent_tables *tables,
                                               const coin_latent_contexts *contexts,
                                               const strip_memory *strip, size_t top,
                                               coin_latent_reader *reader) {
  const coin_latent_grid *own = &contexts->own;
  const int16_t *inputs[COIN_LATENT_MAX_CONTEXTS + COIN_LATENT_FEATURES];
  find_inputs(inputs, strip, contexts, network->contexts);
  i16v flag = (i16v)(int16_t)(contexts->is_luma ? 0 : 1 << INPUT_SHIFT);
  size_t rows = own->height - top < COIN_STRIP ? own->height - top : COIN_STRIP;
  _Alignas(64) int32_t mean[16], scale[16];
  for (size_t t = 0, first, end; t < own->width + COIN_SKEW * (rows - 1); t++) {
    KERNEL(predict_lanes)(network, inputs, &flag, t, mean, scale);
    find_lanes(t, own->width, rows, &first, &end);
    int16_t *skewed = strip->own + t * STEP;
    int16_t *raster = own->values + top * own->stride + t;
    ptrdiff_t step = (ptrdiff_t)own->stride - COIN_SKEW;
    coin_latent_status status =
        reader->count - reader->position >= STEP_BYTES
            ? KERNEL(read_lanes)(reader, tables, mean, scale, first, end, 0, skewed, raster,
                                 step)
            : KERNEL(read_lanes)(reader, tables, mean, scale, first, end, 1, skewed, raster,
                                 step);
    if (status) return status;
  }
  return COIN_LATENT_OK;
}

static coin_latent_status KERNEL(decode)(const coin_latent_network *network,
                                         const coin_latent_tables *tables,
                                         const coin_latent_contexts *contexts,
                                         coin_latent_reader *reader, void *workspace) {
  strip_memory strip;
  place_strip(&strip, contexts->own.width, aligned(workspace));
  clear_skewed(strip.own, &strip);
  coin_latent_reader local = *reader;
  coin_latent_status status = COIN_LATENT_OK;
  for (size_t top = 0; top < contexts->own.height && !status; top += COIN_STRIP) {
    fill_strip(&strip, contexts, top);
    status = KERNEL(decode_strip)(network, tables, contexts, &strip, top, &local);
  }
  *reader = local;
  return status;
}

/// Predicts the strip at row `top`, of which all rows are known.
static void KERNEL(predict_strip)(const coin_latent_network *network,
                                  const coin_latent_contexts *contexts,
                                  const strip_memory *strip, size_t top, int16_t *means,
                                  uint8_t *scales) {
  size_t width = contexts->own.width, rows = contexts->own.height - top;
  const int16_t *inputs[COIN_LATENT_MAX_CONTEXTS + COIN_LATENT_FEATURES];
  find_inputs(inputs, strip, contexts, network->contexts);
  i16v flag = (i16v)(int16_t)(contexts->is_luma ? 0 : 1 << INPUT_SHIFT);
  if (rows > COIN_STRIP) rows = COIN_STRIP;
  for (size_t r = 0; r < rows; r++)
    fill_lane(strip->own, (ptrdiff_t)r, &contexts->own, (ptrdiff_t)(top + r), 0, width - 1);
  _Alignas(64) int32_t mean[16], scale[16];
  for (size_t t = 0, first, end; t < width + COIN_SKEW * (rows - 1); t++) {
    KERNEL(predict_lanes)(network, inputs, &flag, t, mean, scale);
    find_lanes(t, width, rows, &first, &end);
    for (size_t r = first; r < end; r++) {
      size_t p = (top + r) * width + t - COIN_SKEW * r;
      means[p] = (int16_t)mean[r];
      scales[p] = (uint8_t)scale[r];
    }
  }
}

static void KERNEL(predict)(const coin_latent_network *network,
                            const coin_latent_contexts *contexts, int16_t *mean,
                            uint8_t *scale, void *workspace) {
  strip_memory strip;
  place_strip(&strip, contexts->own.width, aligned(workspace));
  clear_skewed(strip.own, &strip);
  for (size_t top = 0; top < contexts->own.height; top += COIN_STRIP) {
    fill_strip(&strip, contexts, top);
    KERNEL(predict_strip)(network, contexts, &strip, top, mean, scale);
  }
}
