// The entropy network: contexts, rate, gradient. Compiled once per instruction set by fit.c.
// Needs: fit-math-inl.h, dense-inl.h, gradient-inl.h.

/// One affine layer over a chunk; rows of numbers are `COIN_FIT_ROW` apart.
INLINE dense KERNEL(chunk_layer)(const float *weights, size_t weight_stride, const float *biases,
                                 const float *input, float *output, const float *derivative,
                                 size_t outputs, size_t inputs, size_t pixels) {
  return (dense){.weights = weights, .weight_stride = weight_stride, .biases = biases,
                 .input = input, .output = output, .derivative = (float *)derivative,
                 .input_stride = COIN_FIT_ROW, .output_stride = COIN_FIT_ROW,
                 .outputs = outputs, .inputs = inputs, .pixels = pixels};
}

static void KERNEL(chunk_linear)(dense layer) { KERNEL(dense_layer)(&layer, LINEAR); }
static void KERNEL(chunk_rectified)(dense layer) { KERNEL(dense_layer)(&layer, RECTIFIED); }
static void KERNEL(chunk_where_positive)(dense layer) {
  KERNEL(dense_layer)(&layer, WHERE_POSITIVE);
}

/// Every lane twice: 0 0 1 1 ... 7 7.
INLINE void KERNEL(doubled)(const float *p, vec *out) {
  vec v = *from(p);
  *out = __builtin_shufflevector(v, v, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
}

INLINE void KERNEL(quadrupled)(const float *p, vec *out) {
  vec v = *from(p);
  *out = __builtin_shufflevector(v, v, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
}

/// The sums of neighbouring lanes of two vectors.
INLINE void KERNEL(pair_sums)(const float *p, vec *out) {
  vec a = *from(p), b = *from(p + COIN_LANES);
  *out = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                 30) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29,
                                 31);
}

/// Fills in a context of `count` latents from column `x` of row `y`; `x` is a multiple of 4.
INLINE void KERNEL(load_context)(const coin_context *context, ptrdiff_t y, ptrdiff_t x,
                                 size_t count, float *to) {
  if (context->kind == COIN_CONTEXT_CONSTANT || !context->source) {
    float value = context->kind == COIN_CONTEXT_CONSTANT ? context->constant : 0;
    for (size_t p = 0; p < count; p += COIN_LANES) *at(to + p) = (vec)value;
    return;
  }
  ptrdiff_t dy = context->dy, dx = context->dx, stride = (ptrdiff_t)context->stride;
  switch (context->kind) {
    case COIN_CONTEXT_SAME: {
      const float *row = context->source + (y + dy) * stride + x + dx;
      for (size_t p = 0; p < count; p += COIN_LANES) *at(to + p) = *from(row + p);
      break;
    }
    case COIN_CONTEXT_PARENT: {
      const float *row = context->source + ((y + dy) >> 1) * stride + (x >> 1);
      if (dx == 0) {
        for (size_t p = 0; p < count; p += COIN_LANES) KERNEL(doubled)(row + p / 2, at(to + p));
      } else {  // the columns (x + dx) >> 1: 0 1 1 2 2 ... from the one before, or from here
        if (dx < 0) row -= 1;
        for (size_t p = 0; p < count; p += COIN_LANES) {
          vec v = *from(row + p / 2);
          *at(to + p) =
              __builtin_shufflevector(v, v, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8);
        }
      }
      break;
    }
    default: {
      const float *row = context->source + (y >> 2) * stride + (x >> 2);
      for (size_t p = 0; p < count; p += COIN_LANES) KERNEL(quadrupled)(row + p / 4, at(to + p));
    }
  }
}

/// Adds the gradient of a context to that of where it came from.
///
/// - delta: `[count]`, with a vector of zeros before it and two after the padded count.
/// - scratch: `[count / 2 + 64]`.
INLINE void KERNEL(add_context)(const coin_context *context, ptrdiff_t y, ptrdiff_t x,
                                size_t count, const float *delta, float *scratch) {
  if (context->kind == COIN_CONTEXT_CONSTANT || !context->gradient) return;
  ptrdiff_t dy = context->dy, dx = context->dx, stride = (ptrdiff_t)context->stride;
  switch (context->kind) {
    case COIN_CONTEXT_SAME: {
      float *row = context->gradient + (y + dy) * stride + x + dx;
      for (size_t p = 0; p < count; p += COIN_LANES) *at(row + p) += *from(delta + p);
      break;
    }
    case COIN_CONTEXT_PARENT: {  // parent j has the children 2j - dx and 2j - dx + 1
      ptrdiff_t first = dx < 0 ? -1 : 0;
      float *row = context->gradient + ((y + dy) >> 1) * stride + (x >> 1) + first;
      const float *child = delta + 2 * first - dx;
      for (size_t p = 0; p <= count / 2; p += COIN_LANES) {
        vec sum;
        KERNEL(pair_sums)(child + 2 * p, &sum);
        *at(row + p) += sum;
      }
      break;
    }
    default: {
      float *row = context->gradient + (y >> 2) * stride + (x >> 2);
      for (size_t p = 0; p < count / 2; p += COIN_LANES)
        KERNEL(pair_sums)(delta + 2 * p, at(scratch + p));
      for (size_t p = 0; p < 2 * COIN_LANES; p += COIN_LANES)
        *at(scratch + (count / 2 + 15) / 16 * 16 + p) = (vec)0;
      for (size_t p = 0; p < count / 4; p += COIN_LANES) {
        vec sum;
        KERNEL(pair_sums)(scratch + 2 * p, &sum);
        *at(row + p) += sum;
      }
    }
  }
}

/// The bits of a vector of latents, and their derivatives by mean, log scale and value.
INLINE void KERNEL(laplace_bits)(const vec *value, vec *mean, vec *scale, vec *bits) {
  vec s = __builtin_elementwise_min(__builtin_elementwise_max(*scale, (vec)-3.0f), (vec)5.0f);
  vec inverse = -s;
  KERNEL(exponential)(&inverse);
  vec distance = *value - *mean, a = __builtin_elementwise_abs(distance);
  vec near = a - (vec)0.5f, far = a + (vec)0.5f;
  vec e1 = -__builtin_elementwise_abs(near) * inverse, e2 = -far * inverse;
  KERNEL(exponential)(&e1);
  KERNEL(exponential)(&e2);
  vec outside = (vec)0.5f * (e1 - e2);
  vec inside = (vec)1.0f - (vec)0.5f * (e1 + e2);
  vec p = near >= (vec)0 ? outside : inside;
  p = __builtin_elementwise_max(p, (vec)0);
  vec mixed = __builtin_elementwise_fma(p, (vec)(1.0f - 0x1p-16f), (vec)0x1p-16f);
  vec factor = (vec)(-1.44269504f * (1.0f - 0x1p-16f)) / mixed;
  // p is smooth where a = 1/2: both halves have the same derivatives.
  vec by_distance = factor * (vec)-0.5f * inverse * (e1 - e2);
  by_distance = distance < (vec)0 ? -by_distance : by_distance;
  vec by_inverse = factor * (vec)0.5f * __builtin_elementwise_fma(far, e2, -near * e1);
  vec by_scale = -inverse * by_inverse;
  by_scale = s == *scale ? by_scale : (vec)0;
  *bits = mixed;
  KERNEL(logarithm2)(bits);
  *bits = -*bits;
  *mean = -by_distance;
  *scale = by_scale;
}

static double KERNEL(rate)(const coin_fit_shape *shape, const float *parameters,
                           const float *transposed, const coin_plane *values,
                           const coin_plane *own, const coin_plane *map,
                           const coin_context *contexts, uint32_t first, uint32_t last,
                           coin_fit_sample sample, float *gradient, float *workspace) {
  enum { ROW = COIN_FIT_ROW };
  size_t D = shape->contexts, H = shape->hidden;
  float *work = coin_align(workspace) + COIN_LANES;
  float *h1 = work, *h2 = h1 + H * ROW, *x = h2 + H * ROW;  // x follows h2: both feed the output
  float *d2 = x + D * ROW, *d1 = d2 + H * ROW, *out = d1 + H * ROW;  // both feed the inputs' gradient
  float *dx = out + 2 * ROW, *scratch = dx + D * ROW, *joined = scratch + ROW;
  if (gradient) {  // [W1; the part of W3 for the inputs]
    for (size_t k = 0; k < H * D; k++) joined[k] = parameters[shape->w1 + k];
    for (size_t o = 0; o < 2; o++)
      for (size_t k = 0; k < D; k++)
        joined[(H + o) * D + k] = parameters[shape->w3 + o * (H + D) + H + k];
  }
  float *sums = joined + (H + 2) * D + COIN_LANES;  // of the entropy network's parameters, its first
  if (gradient) {
    for (size_t k = 0; k < shape->taps; k++) *at(sums + k * COIN_LANES) = (vec)0;
  }
  double_vec total = 0;
  for (uint32_t y = first; y < last; y++) {
    const int is_sampled = coin_is_sampled(sample, y);
    for (uint32_t start = 0; start < values->width; start += COIN_FIT_CHUNK) {
      size_t count = coin_min(COIN_FIT_CHUNK, values->width - start);
      size_t padded = coin_round_up(count, 32);
      for (size_t k = 0; k < D; k++)
        KERNEL(load_context)(&contexts[k], y, start, padded, x + k * ROW);
      KERNEL(chunk_rectified)(KERNEL(chunk_layer)(transposed + shape->w1, H, parameters + shape->b1,
                                                  x, h1, h1, H, D, padded));
      KERNEL(chunk_rectified)(KERNEL(chunk_layer)(transposed + shape->w2, H, parameters + shape->b2,
                                                  h1, h2, h2, H, H, padded));
      KERNEL(chunk_linear)(KERNEL(chunk_layer)(transposed + shape->w3, 2, parameters + shape->b3,
                                               h2, out, out, 2, H + D, padded));
      const float *value = values->origin + y * values->stride + start;
      float *direct = gradient ? own->origin + y * own->stride + start : NULL;
      vec sum = (vec)0;
      const ivec lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
      for (size_t p = 0; p < padded; p += COIN_LANES) {
        vec mean = *from(out + p), scale = *from(out + ROW + p), bits;
        KERNEL(laplace_bits)(from(value + p), &mean, &scale, &bits);
        if (p + COIN_LANES > count) {
          ivec inside = lane < (ivec)((int)count - (int)p);
          bits = inside ? bits : (vec)0;
          mean = inside ? mean : (vec)0;
          scale = inside ? scale : (vec)0;
        }
        sum += bits;
        *at(out + p) = mean;
        *at(out + ROW + p) = scale;
        if (map) *at(map->origin + y * map->stride + start + p) = bits;
        if (direct) *at(direct + p) -= mean;
      }
      total += __builtin_convertvector(sum, double_vec);
      if (!gradient) continue;
      if (is_sampled) {
        KERNEL(accumulate)(out, h2, 2, H + D, padded, sums + shape->w3 * COIN_LANES, H + D);
        KERNEL(accumulate_rows)(out, 2, padded, sums + shape->b3 * COIN_LANES, 1);
      }
      KERNEL(chunk_where_positive)(KERNEL(chunk_layer)(parameters + shape->w3, H + D, NULL, out, d2,
                                                       h2, H, 2, padded));
      if (is_sampled) {
        KERNEL(accumulate)(d2, h1, H, H, padded, sums + shape->w2 * COIN_LANES, H);
        KERNEL(accumulate_rows)(d2, H, padded, sums + shape->b2 * COIN_LANES, 1);
      }
      KERNEL(chunk_where_positive)(KERNEL(chunk_layer)(parameters + shape->w2, H, NULL, d2, d1, h1,
                                                       H, H, padded));
      if (is_sampled) {
        KERNEL(accumulate)(d1, x, H, D, padded, sums + shape->w1 * COIN_LANES, D);
        KERNEL(accumulate_rows)(d1, H, padded, sums + shape->b1 * COIN_LANES, 1);
      }
      KERNEL(chunk_linear)(KERNEL(chunk_layer)(joined, D, NULL, d1, dx, dx, D, H + 2, padded));
      for (size_t k = 0; k < D; k++) {
        float *delta = dx + k * ROW;
        *at(delta - COIN_LANES) = (vec)0;
        *at(delta + padded) = (vec)0;
        *at(delta + padded + COIN_LANES) = (vec)0;
        KERNEL(add_context)(&contexts[k], y, start, padded, delta, scratch);
      }
    }
  }
  if (gradient) KERNEL(add_sums)(sums, shape->taps, (float)sample.period, gradient);
  return KERNEL(double_sum)(&total);
}
