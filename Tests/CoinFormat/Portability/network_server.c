// Evaluates networks for another program, with one kernel variant: so a decoder that is written
// in a language of its own can be run on the kernels of any CPU that can be emulated.
//
// On standard input, native 32-bit numbers, again and again: the number of affine layers n, their
// n + 1 sizes, the number of points p, the parameters as coin_kernels.h lays them out, p abscissas,
// p ordinates. On standard output each time: [outputs][p]. The argument is the variant's number,
// or "best".

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coin_kernels.h"

static void stop(const char *reason) {
  fprintf(stderr, "network_server: %s\n", reason);
  exit(1);
}

static void read_all(void *bytes, size_t size, size_t count) {
  if (fread(bytes, size, count, stdin) != count) stop("the request ends early");
}

static float *floats(size_t count) {
  float *values = calloc(count + 1, sizeof *values);
  if (!values) stop("out of memory");
  return values;
}

static float *read_floats(size_t count) {
  float *values = floats(count);
  read_all(values, sizeof *values, count);
  return values;
}

/// Answers one request.
static void answer(coin_variant variant, uint32_t layer_count) {
  coin_network network = {.layer_count = layer_count};
  uint32_t pixels;
  if (layer_count > COIN_MAX_HIDDEN_LAYERS + 1) stop("too many layers");
  read_all(network.sizes, sizeof *network.sizes, layer_count + 1);
  read_all(&pixels, sizeof pixels, 1);
  if (!coin_network_is_valid(&network)) stop("no valid network");
  size_t count = coin_network_parameter_count(&network);
  size_t output_count = network.sizes[layer_count] * (size_t)pixels;
  float *parameters = read_floats(count), *transposed = floats(count);
  float *x = read_floats(pixels), *y = read_floats(pixels), *output = floats(output_count);
  float *workspace = floats(coin_network_evaluate_workspace(&network));
  coin_network_transpose(&network, parameters, transposed);
  coin_network_evaluate(variant, &network, transposed, x, y, output, pixels, pixels, workspace);
  if (fwrite(output, sizeof *output, output_count, stdout) != output_count || fflush(stdout))
    stop("the answer cannot be written");
  float *all[] = {parameters, transposed, x, y, output, workspace};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
}

int main(int argc, char **argv) {
  if (argc != 2) stop("usage: network_server VARIANT");
  coin_variant variant =
      strcmp(argv[1], "best") == 0 ? coin_variant_best() : (coin_variant)atoi(argv[1]);
  if (variant >= COIN_VARIANT_COUNT || !coin_variant_is_supported(variant))
    stop("this CPU lacks the variant");
  uint32_t layer_count;
  while (fread(&layer_count, sizeof layer_count, 1, stdin) == 1) answer(variant, layer_count);
  return 0;
}
