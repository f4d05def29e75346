// The synthesis, the comparison with the picture, and the gradient. Compiled once per instruction
// set by fit.c. Needs: fit-rate-inl.h (chunk layers), fit-upsampling-inl.h.

/// Where the numbers of a chunk are in the workspace, rows `COIN_FIT_ROW` apart.
typedef struct {
  float *hidden, *inputs;    // [synthesis], [planes]: one after the other
  float *output;             // [channels]
  float *delta_hidden, *delta_output, *delta_inputs;  // [synthesis], then [channels]; [planes]
  float *lines;              // [planes]: the vertical passes, half as wide
  float *joined;             // [synthesis + channels][planes]
} KERNEL(synthesis_work);

INLINE KERNEL(synthesis_work) KERNEL(synthesis_layout)(const coin_fit_shape *shape,
                                                       float *workspace) {
  size_t K = shape->synthesis, I = shape->planes, C = shape->channels, R = COIN_FIT_ROW;
  KERNEL(synthesis_work) chunk;
  chunk.hidden = coin_align(workspace) + COIN_LANES;
  chunk.inputs = chunk.hidden + K * R;
  chunk.output = chunk.inputs + I * R;
  chunk.delta_hidden = chunk.output + C * R;
  chunk.delta_output = chunk.delta_hidden + K * R;
  chunk.delta_inputs = chunk.delta_output + C * R;
  chunk.lines = chunk.delta_inputs + I * R;
  chunk.joined = chunk.lines + I * R;
  return chunk;
}

/// Fills in the inputs and the hidden layer of `padded` pixels from (y, x) on.
INLINE void KERNEL(synthesis_inputs)(const coin_fit_shape *shape, const float *parameters,
                                     const float *transposed, const coin_fit_input *inputs,
                                     const KERNEL(synthesis_work) *chunk, uint32_t y, uint32_t x,
                                     size_t padded) {
  enum { R = COIN_FIT_ROW };
  size_t K = shape->synthesis, I = shape->planes;
  for (size_t i = 0; i < I; i++) {
    const coin_plane *plane = inputs[i].values;
    float *row = chunk->inputs + i * R;
    if (inputs[i].half) {
      const float *taps = parameters + inputs[i].taps;
      float *line = chunk->lines + i * R + COIN_LANES;
      KERNEL(upsample_down)(plane, y, (ptrdiff_t)(x / 2) - 2, padded / 2 + 4, taps, line - 2);
      KERNEL(upsample_across)(line, padded, taps, row);
      if (inputs[i].detail) {
        const float *values = inputs[i].detail->origin + y * inputs[i].detail->stride + x;
        for (size_t p = 0; p < padded; p += COIN_LANES) *at(row + p) += *from(values + p);
      }
    } else {
      const float *values = plane->origin + y * plane->stride + x;
      for (size_t p = 0; p < padded; p += COIN_LANES) *at(row + p) = *from(values + p);
    }
  }
  KERNEL(chunk_rectified)(KERNEL(chunk_layer)(transposed + shape->a1, K, parameters + shape->c1,
                                              chunk->inputs, chunk->hidden, chunk->hidden, K, I, padded));
}

static void KERNEL(synthesize)(const coin_fit_shape *shape, const float *parameters,
                               const float *transposed, const coin_fit_input *inputs,
                               const coin_plane *residual, uint32_t first, uint32_t last,
                               float *workspace) {
  enum { R = COIN_FIT_ROW };
  size_t K = shape->synthesis, I = shape->planes, C = shape->channels;
  KERNEL(synthesis_work) chunk = KERNEL(synthesis_layout)(shape, workspace);
  for (uint32_t y = first; y < last; y++)
    for (uint32_t x = 0; x < residual->width; x += COIN_FIT_CHUNK) {
      size_t count = coin_min(COIN_FIT_CHUNK, residual->width - x);
      size_t padded = coin_round_up(count, 32);
      KERNEL(synthesis_inputs)(shape, parameters, transposed, inputs, &chunk, y, x, padded);
      KERNEL(chunk_linear)(KERNEL(chunk_layer)(transposed + shape->a2, C, parameters + shape->c2,
                                               chunk.hidden, chunk.output, chunk.output, C, K + I, padded));
      for (size_t c = 0; c < C; c++) {
        float *to = residual[c].origin + y * residual[c].stride + x;
        for (size_t p = 0; p < padded; p += COIN_LANES) *at(to + p) = *from(chunk.output + c * R + p);
      }
    }
}

/// One row of a 3 x 3 convolution of `C` channels: sum[o] += sum k[o][c][d] in[c](p + d), for two
/// vectors; transposed, sum[o] += sum k[c][o][8 - d] in[c](p + d).
INLINE void KERNEL(convolve)(const float *k, const coin_plane *in, ptrdiff_t y, ptrdiff_t x,
                             size_t C, int transpose, vec sum[4][2]) {
  for (size_t c = 0; c < C; c++)
    UNROLL for (ptrdiff_t d = 0; d < 9; d++) {
      const float *row = in[c].origin + (y + d / 3 - 1) * (ptrdiff_t)in[c].stride + x + d % 3 - 1;
      vec v0 = *from(row), v1 = *from(row + COIN_LANES);
      UNROLL for (size_t o = 0; o < C; o++) {
        vec w = (vec)(transpose ? k[(c * C + o) * 9 + 8 - (size_t)d] : k[(o * C + c) * 9 + (size_t)d]);
        sum[o][0] = __builtin_elementwise_fma(w, v0, sum[o][0]);
        sum[o][1] = __builtin_elementwise_fma(w, v1, sum[o][1]);
      }
    }
}

/// Adds `factor` times the gradient of the convolution's weights over a row.
INLINE void KERNEL(add_convolution_gradient)(const coin_plane *in, const coin_plane *error,
                                             ptrdiff_t y, size_t width, size_t C,
                                             float factor, float *gradient) {
  for (size_t c = 0; c < C; c++) {
    vec sum[4][9];
    UNROLL for (size_t o = 0; o < C; o++) UNROLL for (size_t d = 0; d < 9; d++) sum[o][d] = (vec)0;
    for (size_t x = 0; x < width; x += COIN_LANES) {
      vec e[4];
      UNROLL for (size_t o = 0; o < C; o++)
        e[o] = *from(error[o].origin + y * (ptrdiff_t)error[o].stride + x);
      UNROLL for (ptrdiff_t d = 0; d < 9; d++) {
        vec v = *from(in[c].origin + (y + d / 3 - 1) * (ptrdiff_t)in[c].stride + (ptrdiff_t)x +
                      d % 3 - 1);
        UNROLL for (size_t o = 0; o < C; o++)
          sum[o][d] = __builtin_elementwise_fma(e[o], v, sum[o][d]);
      }
    }
    for (size_t o = 0; o < C; o++)
      for (size_t d = 0; d < 9; d++)
        gradient[(o * C + c) * 9 + d] += factor * KERNEL(lane_sum)(&sum[o][d]);
  }
}

/// Adds what a row of the outputs' gradient is for the convolution, if the row is one of the sample.
///
/// - sums: of each channel's gradient, over the row.
INLINE void KERNEL(add_row_gradient)(const coin_fit_shape *shape, const coin_plane *residual,
                                     const coin_plane *error, uint32_t y, coin_fit_sample sample,
                                     vec *sums, float *gradient, size_t C) {
  if (!coin_is_sampled(sample, y)) return;
  const float factor = (float)sample.period;
  for (size_t o = 0; o < C; o++) gradient[shape->c3 + o] += factor * KERNEL(lane_sum)(&sums[o]);
  KERNEL(add_convolution_gradient)(residual, error, y, residual->width, C, factor,
                                   gradient + shape->k);
}

INLINE double KERNEL(compare_channels)(const coin_fit_shape *shape, const float *parameters,
                                       const coin_plane *residual, const coin_plane *target,
                                       const coin_plane *weight, int weigh_last,
                                       const float *low, const float *high, float scale,
                                       const coin_plane *error, int differences, uint32_t first,
                                       uint32_t last, coin_fit_sample sample, float *gradient,
                                       size_t C) {
  double_vec total = 0;
  uint32_t width = residual->width;
  const ivec lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (uint32_t y = first; y < last; y++) {
    vec row_sum = (vec)0, bias[4] = {(vec)0, (vec)0, (vec)0, (vec)0};
    for (uint32_t x = 0; x < width; x += 2 * COIN_LANES) {
      vec sum[4][2];
      UNROLL for (size_t o = 0; o < C; o++) {
        const float *r = residual[o].origin + y * residual[o].stride + x;
        vec start = (vec)parameters[shape->c3 + o];
        sum[o][0] = start + *from(r);
        sum[o][1] = start + *from(r + COIN_LANES);
      }
      KERNEL(convolve)(parameters + shape->k, residual, y, x, C, 0, sum);
      UNROLL for (size_t o = 0; o < C; o++) {
        UNROLL for (size_t h = 0; h < 2; h++) {
          uint32_t column = x + (uint32_t)h * COIN_LANES;
          size_t place = y * target[o].stride + column;
          vec value = __builtin_elementwise_min(
              __builtin_elementwise_max(sum[o][h], (vec)low[o]), (vec)high[o]);
          vec e = value - *from(target[o].origin + place);
          e = lane < (ivec)((int)width - (int)column) ? e : (vec)0;
          vec weighted = e;
          if (weight && (weigh_last || o + 1 < C))
            weighted *= *from(weight->origin + y * weight->stride + column);
          row_sum = __builtin_elementwise_fma(weighted, e, row_sum);
          if (gradient) {
            weighted *= (vec)scale;
            bias[o] += weighted;
            *at(error[o].origin + place) = weighted;
          } else {
            *at(error[o].origin + place) = differences ? weighted : weighted * e;
          }
        }
      }
    }
    total += __builtin_convertvector(row_sum, double_vec);
    if (gradient) KERNEL(add_row_gradient)(shape, residual, error, y, sample, bias, gradient, C);
  }
  return KERNEL(double_sum)(&total);
}

static double KERNEL(compare)(const coin_fit_shape *shape, const float *parameters,
                              const coin_plane *residual, const coin_plane *target,
                              const coin_plane *weight, int weigh_last, const float *low,
                              const float *high, float scale, const coin_plane *error,
                              int differences, uint32_t first, uint32_t last,
                              coin_fit_sample sample, float *gradient) {
#define CASE(n) \
  case n: \
    return KERNEL(compare_channels)(shape, parameters, residual, target, weight, weigh_last, low, \
                                    high, scale, error, differences, first, last, sample, \
                                    gradient, n);
  switch (shape->channels) { CASE(1) CASE(2) CASE(3) default: CASE(4) }
#undef CASE
}

/// Writes the residual's gradient of a row from that of the outputs: e + the transposed
/// convolution; what a replicated border got goes to the border.
INLINE void KERNEL(residual_row)(const float *k, const coin_plane *error, ptrdiff_t y, size_t C,
                                 float *rows, size_t stride, int plain) {
  size_t width = error->width;
  for (ptrdiff_t x = -2 * COIN_LANES; x < (ptrdiff_t)width + 1; x += 2 * COIN_LANES) {
    // Left of the picture only column -1 counts: it is computed as the last of its vectors.
    ptrdiff_t from_x = x < 0 ? -1 : x;
    vec sum[4][2];
    UNROLL for (size_t o = 0; o < C; o++) sum[o][0] = sum[o][1] = (vec)0;
    KERNEL(convolve)(k, error, y, from_x, C, 1, sum);
    UNROLL for (size_t o = 0; o < C; o++) {
      float *to = rows + o * stride;
      if (x < 0) {
        to[-1] = plain ? sum[o][0][0] : to[-1] + sum[o][0][0];
        continue;
      }
      UNROLL for (ptrdiff_t h = 0; h < 2; h++) {
        vec value = sum[o][h];
        if (plain) value += *from(error[o].origin + y * (ptrdiff_t)error[o].stride + x + h * COIN_LANES);
        else value += *from(to + x + h * COIN_LANES);
        *at(to + x + h * COIN_LANES) = value;
      }
    }
  }
}

INLINE void KERNEL(residual_rows)(const float *k, const coin_plane *error, uint32_t y, size_t C,
                                  float *rows, size_t stride) {
  uint32_t width = error->width, height = error->height;
#define CASE(n) \
  case n: \
    KERNEL(residual_row)(k, error, y, n, rows, stride, 1); \
    if (y == 0) KERNEL(residual_row)(k, error, -1, n, rows, stride, 0); \
    if (y + 1 == height) KERNEL(residual_row)(k, error, (ptrdiff_t)height, n, rows, stride, 0); \
    break;
  switch (C) { CASE(1) CASE(2) CASE(3) CASE(4) }
#undef CASE
  for (size_t c = 0; c < C; c++) {
    float *row = rows + c * stride;
    row[0] += row[-1];
    row[width - 1] += row[width];
    row[-1] = 0;
    for (size_t x = width; x < coin_round_up(width, 32); x++) row[x] = 0;
  }
}

/// The gradient of the inputs of a chunk goes to their planes.
INLINE void KERNEL(add_input_gradient)(const float *parameters, const coin_fit_input *input,
                                       float *line, float *delta, uint32_t y, uint32_t x,
                                       size_t padded, float *gradient,
                                       float *scratch) {
  const coin_plane *plane = input->values, *to = input->gradient;
  if (!input->half) {
    float *row = to->origin + y * to->stride + x;
    for (size_t p = 0; p < padded; p += COIN_LANES) *at(row + p) += *from(delta + p);
    return;
  }
  if (input->detail) {
    float *row = input->detail_gradient->origin + y * input->detail_gradient->stride + x;
    for (size_t p = 0; p < padded; p += COIN_LANES) *at(row + p) += *from(delta + p);
  }
  const float *taps = parameters + input->taps;
  *at(delta - COIN_LANES) = (vec)0;
  *at(delta + padded) = (vec)0;
  *at(delta + padded + COIN_LANES) = (vec)0;
  KERNEL(add_taps_across)(line, delta, padded, gradient + input->taps);
  // Columns x/2 - 2 to x/2 + padded/2 + 1 of the half-size plane.
  size_t reach = coin_round_up(padded / 2 + 4, COIN_LANES);
  float *d = scratch + COIN_LANES;
  KERNEL(upsample_across_gradient)(delta, -2, reach, taps, d - 2);
  for (size_t p = padded / 2 + 2; p < reach - 2; p++) d[p] = 0;
  if (x == 0) {
    d[0] += d[-1] + d[-2];
    d[-1] = d[-2] = 0;
  }
  ptrdiff_t end = (ptrdiff_t)plane->width - (ptrdiff_t)(x / 2);  // columns up to the border
  if (end < (ptrdiff_t)reach - 2) {
    if (end > 0) d[end - 1] += d[end] + d[end + 1];
    for (ptrdiff_t p = end < 0 ? 0 : end; p < (ptrdiff_t)reach - 2; p++) d[p] = 0;
  }
  KERNEL(add_upsample_down)(plane, to, y, (ptrdiff_t)(x / 2) - 2, reach, d - 2, taps,
                            gradient + input->taps);
}

static void KERNEL(synthesis_gradient)(const coin_fit_shape *shape, const float *parameters,
                                       const float *transposed, const coin_fit_input *inputs,
                                       const coin_plane *error, uint32_t first, uint32_t last,
                                       coin_fit_sample sample, float *gradient,
                                       float *workspace) {
  enum { R = COIN_FIT_ROW };
  size_t K = shape->synthesis, I = shape->planes, C = shape->channels;
  KERNEL(synthesis_work) chunk = KERNEL(synthesis_layout)(shape, workspace);
  // [A1; the part of A2 for the inputs]
  for (size_t n = 0; n < K * I; n++) chunk.joined[n] = parameters[shape->a1 + n];
  for (size_t c = 0; c < C; c++)
    for (size_t i = 0; i < I; i++)
      chunk.joined[(K + c) * I + i] = parameters[shape->a2 + c * (K + I) + K + i];
  float *scratch = chunk.joined + (K + C) * I + 16;
  size_t stride = coin_round_up(error->width, 32) + 4 * COIN_LANES;
  float *rows = scratch + R + 2 * COIN_LANES;
  float *sums = rows + C * stride;  // of A1 to the outputs' biases
  size_t sum_count = shape->k - shape->a1;
  for (size_t n = 0; n < sum_count; n++) *at(sums + n * COIN_LANES) = (vec)0;
  for (uint32_t y = first; y < last; y++) {
    const int is_sampled = coin_is_sampled(sample, y);
    KERNEL(residual_rows)(parameters + shape->k, error, y, C, rows, stride);
    for (uint32_t x = 0; x < error->width; x += COIN_FIT_CHUNK) {
      size_t count = coin_min(COIN_FIT_CHUNK, error->width - x), padded = coin_round_up(count, 32);
      KERNEL(synthesis_inputs)(shape, parameters, transposed, inputs, &chunk, y, x, padded);
      for (size_t c = 0; c < C; c++)
        for (size_t p = 0; p < padded; p += COIN_LANES)
          *at(chunk.delta_output + c * R + p) = *from(rows + c * stride + x + p);
      if (is_sampled) {
        KERNEL(accumulate)(chunk.delta_output, chunk.hidden, C, K + I, padded,
                           sums + (shape->a2 - shape->a1) * COIN_LANES, K + I);
        KERNEL(accumulate_rows)(chunk.delta_output, C, padded,
                                sums + (shape->c2 - shape->a1) * COIN_LANES, 1);
      }
      KERNEL(chunk_where_positive)(KERNEL(chunk_layer)(parameters + shape->a2, K + I, NULL,
                                                       chunk.delta_output, chunk.delta_hidden, chunk.hidden,
                                                       K, C, padded));
      if (is_sampled) {
        KERNEL(accumulate)(chunk.delta_hidden, chunk.inputs, K, I, padded, sums, I);
        KERNEL(accumulate_rows)(chunk.delta_hidden, K, padded,
                                sums + (shape->c1 - shape->a1) * COIN_LANES, 1);
      }
      KERNEL(chunk_linear)(KERNEL(chunk_layer)(chunk.joined, I, NULL, chunk.delta_hidden,
                                               chunk.delta_inputs, chunk.delta_inputs, I, K + C, padded));
      for (size_t i = 0; i < I; i++)
        KERNEL(add_input_gradient)(parameters, &inputs[i], chunk.lines + i * R + COIN_LANES,
                                   chunk.delta_inputs + i * R, y, x, padded, gradient, scratch);
    }
  }
  KERNEL(add_sums)(sums, sum_count, (float)sample.period, gradient + shape->a1);
}
