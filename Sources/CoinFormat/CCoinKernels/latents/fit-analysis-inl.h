// The filters of the analysis. Compiled once per instruction set by fit.c. Needs: fit-math-inl.h,
// fit-upsampling-inl.h.

/// Adds to `out` what a filter of (2 radius + 1)^2 taps, row by row, makes of `in`, a plane of the
/// same size with replicated borders.
static void KERNEL(filter)(const coin_plane *in, uint32_t radius, const float *taps,
                           const coin_plane *out) {
  ptrdiff_t reach = radius;
  for (uint32_t y = 0; y < out->height; y++) {
    float *to = out->origin + y * out->stride;
    for (uint32_t x = 0; x < out->width; x += COIN_LANES) {
      vec sum = *from(to + x);
      const float *tap = taps;
      for (ptrdiff_t dy = -reach; dy <= reach; dy++) {
        const float *row = in->origin + ((ptrdiff_t)y + dy) * (ptrdiff_t)in->stride + x;
        for (ptrdiff_t dx = -reach; dx <= reach; dx++)
          sum = __builtin_elementwise_fma((vec)*tap++, *from(row + dx), sum);
      }
      *at(to + x) = sum;
    }
  }
}

/// Adds to the gradient of a filter's taps, given that of its output, `delta`, which is zero beside
/// its plane.
static void KERNEL(correlate)(const coin_plane *in, uint32_t radius, const coin_plane *delta,
                              double *gradient) {
  ptrdiff_t reach = radius;
  for (ptrdiff_t dy = -reach; dy <= reach; dy++)
    for (ptrdiff_t dx = -reach; dx <= reach; dx++, gradient++)
      for (uint32_t y = 0; y < delta->height; y++) {
        const float *row = in->origin + ((ptrdiff_t)y + dy) * (ptrdiff_t)in->stride + dx;
        const float *d = delta->origin + y * delta->stride;
        vec sum = (vec)0;
        for (uint32_t x = 0; x < delta->width; x += COIN_LANES)
          sum = __builtin_elementwise_fma(*from(row + x), *from(d + x), sum);
        *gradient += KERNEL(lane_sum)(&sum);
      }
}
