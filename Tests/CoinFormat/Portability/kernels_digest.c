// Prints a digest of everything that each kernel variant of this CPU computes, for networks and
// matrices drawn from a seed. All lines of all machines must be the same but for the first word.
//
// Built and compared by scripts/test-portability; plain C, so that a cross compiler and an
// emulator are all it needs.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coin_kernels.h"

enum { PIXELS = 208, STRIDE = 224, NETWORKS = 40, MATRICES = 40 };

static uint64_t state;

static uint64_t draw(void) {  // SplitMix64
  uint64_t z = (state += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static float draw_float(float bound) {
  return ((float)(draw() >> 40) * 0x1p-23f - 1) * bound;
}

static float *draw_floats(size_t count, float bound) {
  float *values = calloc(count, sizeof *values);
  for (size_t k = 0; k < count; k++) values[k] = draw_float(bound);
  return values;
}

static uint64_t digest(uint64_t hash, const void *bytes, size_t count) {  // FNV-1a
  for (size_t k = 0; k < count; k++) hash = (hash ^ ((const uint8_t *)bytes)[k]) * 0x100000001B3;
  return hash;
}

static uint64_t digest_network(coin_variant variant, uint64_t hash) {
  coin_network network = {.layer_count = 2 + draw() % 8, .sizes = {2}};
  for (uint32_t l = 1; l < network.layer_count; l++) network.sizes[l] = 1 + draw() % 64;
  network.sizes[network.layer_count] = 1 + draw() % 4;
  size_t outputs = network.sizes[network.layer_count];
  size_t count = coin_network_parameter_count(&network);
  float *parameters = draw_floats(count, 0.3f), *transposed = draw_floats(count, 0);
  float *x = draw_floats(PIXELS, 1), *y = draw_floats(PIXELS, 1);
  float *target = draw_floats(outputs * STRIDE, 1), *output = draw_floats(outputs * STRIDE, 0);
  float *gradient = draw_floats(count, 0);
  float *small = draw_floats(coin_network_evaluate_workspace(&network), 0);
  float *large = draw_floats(coin_network_gradient_workspace(&network), 0);
  coin_network_transpose(&network, parameters, transposed);
  coin_network_evaluate(variant, &network, transposed, x, y, output, STRIDE, PIXELS - 5, small);
  double error = coin_network_gradient(variant, &network, parameters, transposed, x, y, target,
                                       STRIDE, NULL, PIXELS, gradient, large);
  hash = digest(hash, output, outputs * STRIDE * sizeof *output);
  hash = digest(hash, gradient, count * sizeof *gradient);
  hash = digest(hash, &error, sizeof error);
  float *all[] = {parameters, transposed, x, y, target, output, gradient, small, large};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
  return hash;
}

static uint64_t digest_matrices(coin_variant variant, uint64_t hash) {
  size_t n = 1 + draw() % 64, stride = (n + 15) / 16 * 16, count = n * stride;
  float *a = draw_floats(count, 1), *b = draw_floats(count, 1), *c = draw_floats(count, 0);
  for (size_t r = 0; r < n; r++)
    for (size_t k = n; k < stride; k++) a[r * stride + k] = b[r * stride + k] = 0;
  coin_matrix_multiply(variant, c, a, b, n, n, n, stride, stride, stride, draw() % 2);
  coin_matrix_orthonormalize(variant, a, n, stride);
  coin_average(variant, b, c, 0.9f, count);
  coin_adam adam = {0.9f, 0.95f, 10, 20, 1e-8f};
  float *mean = draw_floats(count, 1), *variance = draw_floats(count, 1);
  for (size_t k = 0; k < count; k++) variance[k] *= variance[k];
  float *direction = draw_floats(count, 0);
  coin_adam_step(variant, &adam, direction, mean, variance, c, count);
  float *all[] = {a, b, c, mean, variance, direction};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
    hash = digest(hash, all[k], count * sizeof **all);
    free(all[k]);
  }
  return hash;
}

int main(void) {
  static const char *names[] = {"scalar", "avx2", "avx512", "neon"};
  for (int variant = 0; variant < COIN_VARIANT_COUNT; variant++) {
    if (!coin_variant_is_supported((coin_variant)variant)) continue;
    uint64_t hash = 0xCBF29CE484222325;
    state = 20210303;  // The day on which the COIN paper appeared.
    for (int k = 0; k < NETWORKS; k++) hash = digest_network((coin_variant)variant, hash);
    for (int k = 0; k < MATRICES; k++) hash = digest_matrices((coin_variant)variant, hash);
    printf("%s %016llx\n", names[variant], (unsigned long long)hash);
  }
  return 0;
}
