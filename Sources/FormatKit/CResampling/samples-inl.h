// Between stored pixels and numbers. Compiled once for each type of sample by resampling.c.
// Deliberately no include guard. Needs: KERNEL, SAMPLE, NUMBER, IS_REAL, LARGEST.

// The light that a sample stands for.
INLINE NUMBER KERNEL(light_of)(const resampling_form *form, NUMBER value) {
#if IS_REAL
  // Between the steps of the table, and beyond its ends, in straight lines.
  const double *light = form->light;
  const size_t last = form->light_count - 1;
  const NUMBER place = value * (NUMBER)last;
  if (!(place > 0) || place >= (NUMBER)last) return value;
  const size_t index = (size_t)place;
  const NUMBER rest = place - (NUMBER)index;
  return light[index] + rest * (light[index + 1] - light[index]);
#else
  // The code that is nearest; a code itself unless it has been divided by alpha.
  NUMBER code = value + (NUMBER)0.5;
  if (!(code > 0)) code = 0;
  if (code > (NUMBER)LARGEST) code = (NUMBER)LARGEST;
  return (NUMBER)form->light[(size_t)code];
#endif
}

// The sample that stands for light.
INLINE NUMBER KERNEL(sample_of)(const resampling_form *form, NUMBER value) {
  const double *light = form->light;
  size_t low = 0, high = form->light_count - 1;
#if IS_REAL
  if (!(value > 0) || value >= 1) return value;
#endif
  // The last entry that is not above the value.
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    if (light[middle] <= (double)value) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const size_t last = form->light_count - 1;
#if IS_REAL
  if (low == last) return 1;
  const NUMBER rest = (value - light[low]) / (light[low + 1] - light[low]);
  return ((NUMBER)low + rest) / (NUMBER)last;
#else
  if (low < last && (double)value - light[low] >= light[low + 1] - (double)value) low++;
  return (NUMBER)low;
#endif
}

// A number as a sample: of an integer the nearest, 0 for what is not a number.
INLINE SAMPLE KERNEL(rounded)(NUMBER value) {
#if IS_REAL
  return (SAMPLE)value;
#else
  const NUMBER sum = value + (NUMBER)0.5;
  if (!(sum > 0)) return 0;
  return sum > (NUMBER)LARGEST ? (SAMPLE)LARGEST : (SAMPLE)sum;
#endif
}

// `channels` and the conditions are constants wherever this is inlined.
INLINE void KERNEL(load_all)(const resampling_form *form, const SAMPLE *pixels, NUMBER *numbers,
                             size_t count, size_t channels, size_t stride, int is_plain) {
  const size_t colors = form->color_count;
  for (size_t pixel = 0; pixel < count; pixel++) {
    const SAMPLE *from = pixels + pixel * channels;
    NUMBER *to = numbers + pixel * stride;
    for (size_t c = channels; c < stride; c++) to[c] = 0;
    if (is_plain) {
      for (size_t c = 0; c < channels; c++) to[c] = (NUMBER)from[c];
      continue;
    }
    NUMBER alpha = 1;
    for (size_t c = colors; c < channels; c++) to[c] = (NUMBER)from[c];
    if (form->alpha != RESAMPLING_ALPHA_NONE) {
      alpha = (NUMBER)from[colors] / (NUMBER)LARGEST;
      to[colors] = alpha;
    }
    const int is_multiplied = form->alpha == RESAMPLING_ALPHA_PREMULTIPLIED;
    for (size_t c = 0; c < colors; c++) {
      NUMBER value = (NUMBER)from[c];
      if (is_multiplied && form->light != NULL) value = alpha > 0 ? value / alpha : 0;
      if (form->light != NULL) value = KERNEL(light_of)(form, value);
      // What cannot be seen is nothing, were it not a number.
      to[c] = is_multiplied && form->light == NULL ? value : alpha > 0 ? value * alpha : 0;
    }
  }
}

INLINE void KERNEL(store_all)(const resampling_form *form, const NUMBER *numbers, SAMPLE *pixels,
                              size_t count, size_t channels, size_t stride, int is_plain) {
  const size_t colors = form->color_count;
  for (size_t pixel = 0; pixel < count; pixel++) {
    const NUMBER *from = numbers + pixel * stride;
    SAMPLE *to = pixels + pixel * channels;
    if (is_plain) {
      for (size_t c = 0; c < channels; c++) to[c] = KERNEL(rounded)(from[c]);
      continue;
    }
    // By `sum` colors are divided, also where it is beyond what alpha can be.
    NUMBER sum = 1, alpha = 1;
    for (size_t c = colors; c < channels; c++) to[c] = KERNEL(rounded)(from[c]);
    if (form->alpha != RESAMPLING_ALPHA_NONE) {
      sum = alpha = from[colors];
      if (!(alpha > 0)) alpha = 0;
      if (alpha > 1) alpha = 1;
      to[colors] = KERNEL(rounded)(alpha * (NUMBER)LARGEST);
      if (to[colors] == 0) alpha = 0;
    }
    const int is_multiplied = form->alpha == RESAMPLING_ALPHA_PREMULTIPLIED;
    const int is_divided = form->alpha == RESAMPLING_ALPHA_STRAIGHT || form->light != NULL;
    for (size_t c = 0; c < colors; c++) {
      NUMBER value = from[c];
      if (is_divided) value = alpha > 0 ? value / sum : 0;
      if (form->light != NULL) value = KERNEL(sample_of)(form, value);
      if (is_multiplied) {
        if (form->light != NULL) value *= alpha;
        // Not brighter than opaque.
        if (!IS_REAL && value > (NUMBER)to[colors]) value = (NUMBER)to[colors];
      }
      to[c] = KERNEL(rounded)(value);
    }
  }
}

#define WITH_CHANNELS(run)                                                    \
  do {                                                                        \
    const int is_plain = form->alpha == RESAMPLING_ALPHA_NONE && form->light == NULL; \
    switch (form->channel_count * 2 + (is_plain ? 1 : 0)) {                   \
      case 2: run(1, 1, 0); break;                                            \
      case 3: run(1, 1, 1); break;                                            \
      case 4: run(2, 2, 0); break;                                            \
      case 5: run(2, 2, 1); break;                                            \
      case 6: run(3, 4, 0); break;                                            \
      case 7: run(3, 4, 1); break;                                            \
      case 8: run(4, 4, 0); break;                                            \
      case 9: run(4, 4, 1); break;                                            \
      case 10: run(5, 8, 0); break;                                           \
      default: run(5, 8, 1); break;                                           \
    }                                                                         \
  } while (0)

static void KERNEL(load)(const resampling_form *form, const void *pixels, void *numbers,
                         size_t count) {
#define RUN(channels, stride, is_plain) \
  KERNEL(load_all)(form, pixels, numbers, count, channels, stride, is_plain)
  WITH_CHANNELS(RUN);
#undef RUN
}

static void KERNEL(store)(const resampling_form *form, const void *numbers, void *pixels,
                          size_t count) {
#define RUN(channels, stride, is_plain) \
  KERNEL(store_all)(form, numbers, pixels, count, channels, stride, is_plain)
  WITH_CHANNELS(RUN);
#undef RUN
}

#undef WITH_CHANNELS
