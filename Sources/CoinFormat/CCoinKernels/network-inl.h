// A network, a tile of pixels at a time. Compiled once per instruction set by kernels.c.
// Deliberately no include guard. Needs: KERNEL, dense-inl.h, gradient-inl.h, matrix-inl.h.

static void KERNEL(dense_sine)(const dense *layer) { KERNEL(dense_layer)(layer, SINE); }

static void KERNEL(dense_sine_and_derivative)(const dense *layer) {
  KERNEL(dense_layer)(layer, SINE_AND_DERIVATIVE);
}

static void KERNEL(dense_times_derivative)(const dense *layer) {
  KERNEL(dense_layer)(layer, TIMES_DERIVATIVE);
}

/// Layer `l` of the network on `pixels` columns, before its input and output are set.
INLINE dense KERNEL(layer)(const coin_network *network, size_t l, const float *transposed,
                           size_t tile, size_t pixels) {
  size_t inputs = network->sizes[l], outputs = network->sizes[l + 1];
  return (dense){.weights = transposed, .weight_stride = outputs,
                 .biases = transposed + inputs * outputs, .input_stride = tile,
                 .output_stride = tile, .outputs = outputs, .inputs = inputs,
                 .pixels = pixels};
}

static void KERNEL(evaluate)(const coin_network *network, const float *transposed,
                             const float *x, const float *y, float *output,
                             size_t output_stride, size_t pixels, float *workspace) {
  size_t tile = coin_evaluate_tile(network), last = network->layer_count - 1;
  workspace = coin_align(workspace);
  float *other = workspace + coin_network_width(network) * tile;
  for (size_t start = 0; start < pixels; start += tile) {
    size_t count = coin_min(tile, pixels - start), padded = coin_round_up(count, 32);
    const float *w = transposed;
    float *input = workspace, *result = other;
    coin_copy_padded(input, x + start, count, padded);
    coin_copy_padded(input + tile, y + start, count, padded);
    for (size_t l = 0; l <= last; l++) {
      dense layer = KERNEL(layer)(network, l, w, tile, padded);
      layer.input = input;
      layer.output = layer.derivative = result;
      (l < last ? KERNEL(dense_sine) : KERNEL(dense_linear))(&layer);
      result = input;
      input = layer.output;
      w += coin_layer_parameters(network, l);
    }
    for (size_t o = 0; o < network->sizes[last + 1]; o++)
      coin_copy_padded(output + o * output_stride + start, input + o * tile, count, count);
  }
}

/// Fills in the values and the derivatives of the sine layers, and the outputs as the last
/// delta.
static void KERNEL(forward)(const coin_network *network, const float *transposed,
                            const coin_tile_layout *at, size_t tile, size_t padded) {
  size_t last = network->layer_count - 1;
  for (size_t l = 0; l <= last; l++) {
    dense layer = KERNEL(layer)(network, l, transposed, tile, padded);
    layer.input = at->value[l];
    layer.output = l < last ? at->value[l + 1] : at->delta[l + 1];
    layer.derivative = at->delta[l + 1];
    (l < last ? KERNEL(dense_sine_and_derivative) : KERNEL(dense_linear))(&layer);
    transposed += coin_layer_parameters(network, l);
  }
}

/// Turns `pixels` outputs into the error's gradient at them, and adds to the error.
static void KERNEL(add_loss)(float *delta, const float *target, const float *weight,
                             size_t pixels, size_t padded, double_vec *loss) {
  for (size_t p = 0; p < pixels; p += COIN_LANES) {
    vec error = *from(delta + p) - *from(target + p), weighted = error;
    if (weight) weighted *= *from(weight + p);
    *at(delta + p) = weighted;
    *loss += __builtin_convertvector(weighted, double_vec) *
             __builtin_convertvector(error, double_vec);
  }
  for (size_t p = pixels; p < padded; p++) delta[p] = 0;
}

/// Adds a tile's gradient, from the last layer to the first; derivatives become deltas.
static void KERNEL(backward)(const coin_network *network, const float *parameters,
                             const coin_tile_layout *at, size_t tile, size_t pixels,
                             float *gradient) {
  size_t offset = coin_network_parameter_count(network);
  for (size_t l = network->layer_count; l-- > 0;) {
    size_t inputs = network->sizes[l], outputs = network->sizes[l + 1];
    float *delta = at->delta[l + 1];
    offset -= coin_layer_parameters(network, l);
    KERNEL(add_weight_gradient)(delta, at->value[l], outputs, inputs, tile, pixels,
                                gradient + offset);
    KERNEL(add_bias_gradient)(delta, outputs, tile, pixels,
                              gradient + offset + outputs * inputs);
    if (l == 0) break;
    dense layer = {.weights = parameters + offset, .weight_stride = inputs, .input = delta,
                   .input_stride = tile, .output = at->delta[l], .output_stride = tile,
                   .derivative = at->delta[l], .outputs = inputs, .inputs = outputs,
                   .pixels = coin_round_up(pixels, 32)};
    KERNEL(dense_times_derivative)(&layer);
  }
}

static double KERNEL(gradient)(const coin_network *network, const float *parameters,
                               const float *transposed, const float *x, const float *y,
                               const float *target, size_t target_stride, const float *weight,
                               size_t pixels, float *gradient, float *workspace) {
  size_t tile = coin_gradient_tile(network), layers = network->layer_count;
  coin_tile_layout at = coin_gradient_layout(network, workspace);
  double_vec loss = 0;
  size_t parameter_count = coin_network_parameter_count(network);
  for (size_t k = 0; k < parameter_count; k++) gradient[k] = 0;
  for (size_t start = 0; start < pixels; start += tile) {
    size_t count = coin_min(tile, pixels - start), padded = coin_round_up(count, 32);
    coin_copy_padded(at.value[0], x + start, count, padded);
    coin_copy_padded(at.value[0] + tile, y + start, count, padded);
    KERNEL(forward)(network, transposed, &at, tile, padded);
    for (size_t o = 0; o < network->sizes[layers]; o++) {
      size_t sample = o * target_stride + start;
      KERNEL(add_loss)(at.delta[layers] + o * tile, target + sample,
                       weight ? weight + sample : NULL, count, padded, &loss);
    }
    KERNEL(backward)(network, parameters, &at, tile, count, gradient);
  }
  double lane[COIN_LANES];
  for (size_t k = 0; k < COIN_LANES; k++) lane[k] = loss[k];
  for (size_t half = COIN_LANES / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) lane[k] += lane[k + half];
  return lane[0];
}

const coin_kernels KERNEL(coin_kernels) = {KERNEL(evaluate), KERNEL(gradient), KERNEL(multiply),
                                           KERNEL(transpose)};
