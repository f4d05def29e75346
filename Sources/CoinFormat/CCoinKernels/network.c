// Shapes: what does not depend on the instruction set.

#include "internal.h"

int coin_network_is_valid(const coin_network *network) {
  uint32_t layers = network->layer_count;
  if (layers < 2 || layers > COIN_MAX_HIDDEN_LAYERS + 1 || network->sizes[0] != 2) return 0;
  for (uint32_t l = 1; l <= layers; l++) {
    uint32_t most = l == layers ? COIN_MAX_OUTPUTS : COIN_MAX_WIDTH;
    if (network->sizes[l] < 1 || network->sizes[l] > most) return 0;
  }
  return 1;
}

size_t coin_network_parameter_count(const coin_network *network) {
  size_t count = 0;
  for (uint32_t l = 0; l < network->layer_count; l++)
    count += coin_layer_parameters(network, l);
  return count;
}

size_t coin_network_width(const coin_network *network) {
  size_t width = 0;
  for (uint32_t l = 0; l <= network->layer_count; l++)
    if (network->sizes[l] > width) width = network->sizes[l];
  return width;
}

void coin_network_transpose(const coin_network *network, const float *parameters,
                            float *transposed) {
  for (uint32_t l = 0; l < network->layer_count; l++) {
    size_t inputs = network->sizes[l], outputs = network->sizes[l + 1];
    for (size_t i = 0; i < inputs; i++)
      for (size_t o = 0; o < outputs; o++)
        transposed[i * outputs + o] = parameters[o * inputs + i];
    for (size_t o = 0; o < outputs; o++)
      transposed[inputs * outputs + o] = parameters[inputs * outputs + o];
    parameters += coin_layer_parameters(network, l);
    transposed += coin_layer_parameters(network, l);
  }
}

/// Largest multiple of 32 up to 256 with at most `floats` floats; at least 32.
static size_t tile(size_t floats, size_t floats_per_pixel) {
  size_t pixels = floats / floats_per_pixel & ~(size_t)31;
  return pixels < 32 ? 32 : coin_min(pixels, 256);
}

// Two layers' activations stay in a 48 KB L1 cache next to the weights.
size_t coin_evaluate_tile(const coin_network *network) {
  return tile(8192, 2 * coin_network_width(network));
}

size_t coin_network_evaluate_workspace(const coin_network *network) {
  return 2 * coin_network_width(network) * coin_evaluate_tile(network) + COIN_LANES;
}

// Inputs, errors at the outputs, and for each sine layer its values and its derivatives.
static size_t gradient_floats_per_pixel(const coin_network *network) {
  size_t count = network->sizes[0] + network->sizes[network->layer_count];
  for (uint32_t l = 1; l < network->layer_count; l++) count += 2 * network->sizes[l];
  return count;
}

// All layers stay in a 1 MB L2 cache.
size_t coin_gradient_tile(const coin_network *network) {
  return tile(131072, gradient_floats_per_pixel(network));
}

size_t coin_network_gradient_workspace(const coin_network *network) {
  return gradient_floats_per_pixel(network) * coin_gradient_tile(network) + COIN_LANES;
}

coin_tile_layout coin_gradient_layout(const coin_network *network, float *workspace) {
  coin_tile_layout at = {0};
  size_t tile = coin_gradient_tile(network);
  workspace = coin_align(workspace);
  for (uint32_t l = 0; l <= network->layer_count; l++) {
    size_t floats = network->sizes[l] * tile;
    if (l < network->layer_count) at.value[l] = workspace, workspace += floats;
    if (l > 0) at.delta[l] = workspace, workspace += floats;
  }
  return at;
}
