// The roofline: what a core does at most, and its clock.

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "../../../Sources/CoinFormat/CCoinKernels/include/coin_kernels.h"
#include "internal.h"
#include "kernel_benchmarks.h"

#pragma STDC FP_CONTRACT OFF

enum { ROUNDS = 10000 };  // some 50 us, which little interrupts

#define UNROLL _Pragma("clang loop unroll(full)")

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double shortest_time(void (*function)(void *), void *context, double seconds) {
  double shortest = INFINITY, time = now(), end;
  function(context);
  for (end = now() + seconds; time < end;) {
    double start = now();
    function(context);
    time = now();
    if (time - start < shortest) shortest = time - start;
  }
  return shortest;
}

// Enough independent sums to hide the latency of a multiply-add, and few enough for the
// registers. The factor is read from memory, and the result depends on all sums, so that the
// compiler foresees and drops none of them.
#define PEAK(name, attributes, lanes, sums)                                         \
  typedef float name##_vec __attribute__((ext_vector_type(lanes)));                 \
  attributes static void name(void *state) {                                        \
    volatile float *numbers = state;                                                \
    name##_vec sum[sums], factor = numbers[0], term = 1 - factor;                   \
    UNROLL for (int k = 0; k < (sums); k++) sum[k] = (float)k;                      \
    for (int round = 0; round < ROUNDS; round++) {                                  \
      UNROLL for (int k = 0; k < (sums); k++) sum[k] =                              \
          __builtin_elementwise_fma(sum[k], factor, term);                          \
    }                                                                               \
    UNROLL for (int k = 1; k < (sums); k++) sum[0] += sum[k];                       \
    numbers[1] = sum[0][0];                                                         \
  }

#if defined(__x86_64__)
PEAK(peak_avx2, __attribute__((target("avx2,fma"))), 8, 12)
PEAK(peak_avx512, __attribute__((target("avx512f"))), 16, 12)
#elif defined(__aarch64__)
PEAK(peak_neon, , 4, 24)
#endif

double kernel_benchmark_peak(int variant, double seconds) {
  float numbers[2] = {0.5f};  // a factor and a result
  void (*function)(void *) = NULL;
  double per_round = 0;
#if defined(__x86_64__)
  if (variant == COIN_VARIANT_AVX2) function = peak_avx2, per_round = 8 * 12;
  if (variant == COIN_VARIANT_AVX512) function = peak_avx512, per_round = 16 * 12;
#elif defined(__aarch64__)
  if (variant == COIN_VARIANT_NEON) function = peak_neon, per_round = 4 * 24;
#else
  (void)variant;
#endif
  return !function ? NAN : per_round * ROUNDS / shortest_time(function, numbers, seconds);
}

// Neither operation has a closed form together with the other, so 20 cycles remain.
static void count_cycles(void *result) {
  volatile uint64_t *state = result;
  uint64_t sum = state[0], term = state[1], mask = state[2];
  for (int round = 0; round < ROUNDS; round++) {
    UNROLL for (int k = 0; k < 10; k++) sum = (sum + term) ^ mask;
  }
  state[0] = sum;
}

double kernel_benchmark_clock(double seconds) {
  uint64_t state[3] = {1, 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9};
  return 20.0 * ROUNDS / shortest_time(count_cycles, state, seconds);
}
