// Times evaluation and gradient of a network on numbers of no meaning.

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "../../../Sources/CoinFormat/CCoinKernels/include/coin_kernels.h"
#include "internal.h"
#include "kernel_benchmarks.h"

enum { OUTPUTS = 3, PIXELS = 2048 };  // 8 tiles of the kernels; all of it stays in the L2 cache

int kernel_benchmark_is_supported(int variant) {
  return coin_variant_is_supported((coin_variant)variant);
}

/// Numbers of a linear congruential generator, from -range to range.
static void fill(float *numbers, size_t count, float range) {
  uint32_t state = 1;
  for (size_t k = 0; k < count; k++) {
    state = state * 1664525 + 1013904223;
    numbers[k] = range * ((float)(state >> 8) * 0x1p-23f - 1);
  }
}

static float *allocate(size_t count, float range) {
  float *numbers = malloc(count * sizeof(float));
  if (!numbers) abort();
  fill(numbers, count, range);
  return numbers;
}

typedef struct {
  coin_variant variant;
  coin_network shape;
  float *parameters, *transposed, *gradient, *x, *y, *output, *workspace;
} network;

static void evaluate(void *context) {
  network *n = context;
  coin_network_evaluate(n->variant, &n->shape, n->transposed, n->x, n->y, n->output, PIXELS,
                        PIXELS, n->workspace);
}

static void gradient(void *context) {
  network *n = context;
  coin_network_gradient(n->variant, &n->shape, n->parameters, n->transposed, n->x, n->y,
                        n->output, PIXELS, NULL, PIXELS, n->gradient, n->workspace);
}

kernel_benchmark_times kernel_benchmark_network(int variant, int layers, int width,
                                                double seconds) {
  network n = {.variant = (coin_variant)variant,
               .shape = {.layer_count = (uint32_t)layers + 1, .sizes = {2}}};
  for (int l = 1; l <= layers; l++) n.shape.sizes[l] = (uint32_t)width;
  n.shape.sizes[layers + 1] = OUTPUTS;
  if (!coin_network_is_valid(&n.shape)) abort();
  size_t count = coin_network_parameter_count(&n.shape);
  // In turns; as wide as SIREN's initialization makes them (variance of the sines kept).
  n.parameters = allocate(count, sqrtf(6.0f / (float)width) / 6.2831853f);
  n.transposed = allocate(count, 0);
  n.gradient = allocate(count, 0);
  n.x = allocate(PIXELS, 1);
  n.y = allocate(PIXELS, 1);
  n.output = allocate(OUTPUTS * PIXELS, 1);
  size_t floats = coin_network_gradient_workspace(&n.shape);
  if (floats < coin_network_evaluate_workspace(&n.shape))
    floats = coin_network_evaluate_workspace(&n.shape);
  n.workspace = allocate(floats, 0);
  coin_network_transpose(&n.shape, n.parameters, n.transposed);
  kernel_benchmark_times times = {shortest_time(evaluate, &n, seconds) / PIXELS,
                                  shortest_time(gradient, &n, seconds) / PIXELS};
  float *arrays[] = {n.parameters, n.transposed, n.gradient, n.x, n.y, n.output, n.workspace};
  for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) free(arrays[k]);
  return times;
}
