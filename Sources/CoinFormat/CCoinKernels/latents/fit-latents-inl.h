// The latents themselves: soft rounding with noise, and their optimiser. Compiled once per
// instruction set by fit.c. Needs: fit-math-inl.h.

/// Replaces x by its soft rounding and gives the slope; `sharp` is 2 / T, `half` 1 / (2 tanh(1 / 2T)).
INLINE void KERNEL(soft_round)(vec *x, vec *slope, float sharp, float half) {
  vec whole = __builtin_elementwise_floor(*x);
  vec e = (*x - whole - (vec)0.5f) * (vec)sharp;
  KERNEL(exponential)(&e);
  vec t = (vec)1.0f - (vec)2.0f / (e + (vec)1.0f);
  *x = __builtin_elementwise_fma(t, (vec)half, whole + (vec)0.5f);
  *slope = __builtin_elementwise_fma(-t, t, (vec)1.0f) * (vec)(0.5f * sharp * half);
}

/// Nearly normal noise of unit variance: the sum of 4 uniform bytes of a hash of the counter.
INLINE void KERNEL(noise)(const uvec *counter, vec *n) {
  uvec h = *counter * 0x9E3779B1u;
  h ^= h >> 15;
  h *= 0x85EBCA77u;
  h ^= h >> 13;
  h *= 0xC2B2AE3Du;
  h ^= h >> 16;
  uvec pairs = (h & 0x00FF00FFu) + ((h >> 8) & 0x00FF00FFu);
  uvec sum = (pairs & 0xFFFFu) + (pairs >> 16);
  *n = (__builtin_convertvector((ivec)sum, vec) - (vec)510.0f) * (vec)(1.0f / 147.80f);
}

static void KERNEL(soften)(const coin_plane *y, coin_plane *v, coin_plane *slope,
                           uint32_t first, uint32_t last, float temperature, float sigma,
                           uint32_t seed) {
  float sharp = 0, half = 0;
  if (temperature > 0) {
    vec e = (vec)(1.0f / temperature);
    KERNEL(exponential)(&e);  // tanh(1 / 2T) = 1 - 2 / (e^(1/T) + 1)
    sharp = 2.0f / temperature;
    half = 0.5f / (1.0f - 2.0f / (e[0] + 1.0f));
  }
  const uvec lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (uint32_t row = first; row < last; row++) {
    const float *from_y = y->origin + row * y->stride;
    float *to_v = v->origin + row * v->stride, *to_s = slope->origin + row * slope->stride;
    uint32_t width = y->width;
    for (uint32_t x = 0; x < width; x += COIN_LANES) {
      vec value = *from(from_y + x), s = (vec)0;
      if (temperature > 0) {
        vec s1, s2, n;
        KERNEL(soft_round)(&value, &s1, sharp, half);
        uvec counter = lane + (seed + row * 0x30000u + x);
        KERNEL(noise)(&counter, &n);
        value = __builtin_elementwise_fma(n, (vec)sigma, value);
        KERNEL(soft_round)(&value, &s2, sharp, half);
        s = s1 * s2;
      } else {
        value = __builtin_elementwise_roundeven(value);
      }
      *at(to_v + x) = value;
      *at(to_s + x) = s;
    }
    for (uint32_t x = width; x % COIN_LANES != 0; x++) to_v[x] = 0;
  }
}

static void KERNEL(step)(const coin_latents_adam *adam, const coin_plane *y,
                         const coin_plane *slope, const coin_plane *mean,
                         const coin_plane *variance, const coin_plane *const *gradients,
                         uint32_t gradient_count, const coin_fit_pins *pins, uint32_t first,
                         uint32_t last) {
  const ivec lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  vec limit = (vec)adam->limit;
  for (uint32_t row = first; row < last; row++) {
    size_t start = row * y->stride;
    uint32_t pinned = row < pins->rows ? y->width : row < pins->last ? pins->columns : 0;
    for (uint32_t x = 0; x < y->width; x += COIN_LANES) {
      size_t k = start + x;
      vec g = (vec)0;
      for (uint32_t n = 0; n < gradient_count; n++) {
        g += *from(gradients[n]->origin + k);
        *at(gradients[n]->origin + k) = (vec)0;
      }
      g *= *from(slope->origin + k);
      vec square = g * g, m = *from(mean->origin + k), s = *from(variance->origin + k);
      m = __builtin_elementwise_fma((vec)adam->mean_decay, m - g, g);
      s = __builtin_elementwise_fma((vec)adam->variance_decay, s - square, square);
      *at(mean->origin + k) = m;
      *at(variance->origin + k) = s;
      vec size = __builtin_elementwise_sqrt(s * (vec)adam->variance_scale) + (vec)adam->epsilon;
      vec value = *from(y->origin + k) - (vec)(adam->rate * adam->mean_scale) * m / size;
      value = __builtin_elementwise_min(__builtin_elementwise_max(value, -limit), limit);
      ivec moves = lane >= (ivec)((int)pinned - (int)x);
      *at(y->origin + k) = moves ? value : *from(y->origin + k);
    }
  }
}
