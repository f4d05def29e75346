// Sums of numbers. Compiled once for each type of number by resampling.c.
// Deliberately no include guard. Needs: KERNEL, NUMBER.

static void KERNEL(add)(const NUMBER *restrict numbers, NUMBER weight, NUMBER *restrict sums,
                        size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += numbers[i] * weight;
}

typedef NUMBER KERNEL(four) __attribute__((vector_size(4 * sizeof(NUMBER))));

// Pixels of one or two numbers.
INLINE void KERNEL(filter_few)(const resampling_taps *taps, const NUMBER *numbers, NUMBER *sums,
                               size_t stride) {
  for (size_t i = 0; i < taps->count; i++) {
    const NUMBER *from = numbers + taps->firsts[i] * (ptrdiff_t)stride;
    NUMBER sum[2] = {0, 0};
    for (ptrdiff_t k = taps->offsets[i]; k < taps->offsets[i + 1]; k++) {
      const NUMBER weight = (NUMBER)taps->weights[k];
      for (size_t c = 0; c < stride; c++) sum[c] += from[c] * weight;
      from += stride;
    }
    for (size_t c = 0; c < stride; c++) sums[i * stride + c] = sum[c];
  }
}

// Pixels of some fours of numbers.
INLINE void KERNEL(filter_fours)(const resampling_taps *taps, const NUMBER *numbers, NUMBER *sums,
                                 size_t fours) {
  for (size_t i = 0; i < taps->count; i++) {
    const NUMBER *from = numbers + taps->firsts[i] * (ptrdiff_t)(4 * fours);
    KERNEL(four) sum[2] = {{0}, {0}};
    for (ptrdiff_t k = taps->offsets[i]; k < taps->offsets[i + 1]; k++) {
      const NUMBER weight = (NUMBER)taps->weights[k];
      for (size_t f = 0; f < fours; f++) {
        KERNEL(four) value;
        __builtin_memcpy(&value, from + 4 * f, sizeof value);
        sum[f] += value * weight;
      }
      from += 4 * fours;
    }
    __builtin_memcpy(sums + i * 4 * fours, sum, fours * sizeof *sum);
  }
}

static void KERNEL(filter)(const resampling_taps *taps, const NUMBER *numbers, NUMBER *sums,
                           size_t stride) {
  switch (stride) {
    case 1: KERNEL(filter_few)(taps, numbers, sums, 1); break;
    case 2: KERNEL(filter_few)(taps, numbers, sums, 2); break;
    case 4: KERNEL(filter_fours)(taps, numbers, sums, 1); break;
    default: KERNEL(filter_fours)(taps, numbers, sums, 2); break;
  }
}
