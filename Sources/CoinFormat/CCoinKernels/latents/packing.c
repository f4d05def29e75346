// Packs the networks' tensors for the kernels: `[pairs][rows]`, two weights of 16 bits in 32.

#include "latents-internal.h"

/// Packs columns `first` to `first + columns` of a matrix `[rows][stride]` into rows `row` and
/// on of `packed`, which has `packed_rows` rows; an odd column out gets a partner of 0.
static void pack(int32_t *packed, size_t packed_rows, size_t row, const int32_t *matrix,
                 size_t rows, size_t stride, size_t first, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    const int32_t *w = matrix + r * stride + first;
    for (size_t k = 0; k < columns; k += 2) {
      uint32_t odd = k + 1 < columns ? (uint32_t)w[k + 1] : 0;
      uint32_t both = odd << 16 | ((uint32_t)w[k] & 0xFFFF);
      packed[k / 2 * packed_rows + row + r] = (int32_t)both;
    }
  }
}

void coin_latent_network_pack(coin_latent_network *network, uint32_t contexts, uint32_t hidden,
                              const int32_t *w1, const int32_t *b1, const int32_t *w2,
                              const int32_t *b2, const int32_t *w3, const int32_t *b3) {
  size_t inputs = contexts + COIN_LATENT_FEATURES;
  network->contexts = contexts;
  network->hidden = hidden;
  for (uint32_t o = 0; o < hidden; o++) {
    network->first_biases[o] = b1[o];
    network->second_biases[o] = b2[o];
  }
  for (uint32_t o = 0; o < 2; o++) network->first_biases[hidden + o] = b3[o];
  // The inputs' part of the last layer is computed with the first one.
  pack(network->first, hidden + 2, 0, w1, hidden, inputs, 0, inputs);
  pack(network->first, hidden + 2, hidden, w3, 2, hidden + inputs, hidden, inputs);
  pack(network->second, hidden, 0, w2, hidden, hidden, 0, hidden);
  pack(network->third, 2, 0, w3, 2, hidden + inputs, 0, hidden);
}

void coin_latent_synthesis_pack(coin_latent_synthesis *synthesis, const int32_t *a1,
                                const int32_t *a1_biases, const int32_t *a2,
                                const int32_t *a2_biases, const int32_t *b,
                                const int32_t *b_biases) {
  size_t planes = synthesis->planes, width = synthesis->width, outputs = synthesis->outputs;
  for (size_t o = 0; o < width; o++) synthesis->first_biases[o] = a1_biases[o];
  for (size_t o = 0; o < outputs; o++) {
    synthesis->first_biases[width + o] = a2_biases[o];
    synthesis->filter_biases[o] = b_biases[o];
  }
  pack(synthesis->first, width + outputs, 0, a1, width, planes, 0, planes);
  pack(synthesis->first, width + outputs, width, a2, outputs, width + planes, width,
            planes);
  pack(synthesis->second, outputs, 0, a2, outputs, width + planes, 0, width);
  pack(synthesis->filter, outputs, 0, b, outputs, 9 * outputs, 0, 9 * outputs);
}
