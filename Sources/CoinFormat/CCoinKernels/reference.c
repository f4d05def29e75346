// The scalar variant: the arithmetic as specified, one number at a time. It says what every
// other variant must compute, to the last bit, and is written to be read.

#include <math.h>

#include "internal.h"

#pragma STDC FP_CONTRACT OFF

// `rintf` is roundToIntegralTiesToEven in the default rounding mode.
static float reduce(float t) { return t - rintf(t); }

/// About sin(2 pi t).
static float sine(float t) {
  float r = reduce(t);
  float s = r * (0.5f - fabsf(r));
  float z = fabsf(s);
  return s * fmaf(fmaf(fmaf(COIN_C3, z, COIN_C2), z, COIN_C1), z, COIN_C0);
}

/// The exact derivative of the function that `sine` evaluates, not that of sin(2 pi t).
static float sine_derivative(float t) {
  float r = reduce(t);
  float z = fabsf(r * (0.5f - fabsf(r)));
  float p = fmaf(fmaf(fmaf(4 * COIN_C3, z, 3 * COIN_C2), z, 2 * COIN_C1), z, COIN_C0);
  return p * fmaf(-2, fabsf(r), 0.5f);
}

void coin_sine_apply(const float *t, float *value, float *derivative, size_t count) {
  for (size_t k = 0; k < count; k++) {
    value[k] = sine(t[k]);
    derivative[k] = sine_derivative(t[k]);
  }
}

/// One neuron at one pixel: w[o] of the transposed weights, x[i * stride].
static float neuron(const float *w, float bias, const float *x, size_t outputs, size_t inputs,
                    size_t stride) {
  float t = bias;
  for (size_t i = 0; i < inputs; i++) t = fmaf(w[i * outputs], x[i * stride], t);
  return t;
}

static void evaluate(const coin_network *network, const float *transposed, const float *x,
                     const float *y, float *output, size_t output_stride, size_t pixels,
                     float *workspace) {
  (void)workspace;
  for (size_t p = 0; p < pixels; p++) {
    float values[2][COIN_MAX_WIDTH] = {{x[p], y[p]}};
    const float *w = transposed;
    for (uint32_t l = 0; l < network->layer_count; l++) {
      size_t inputs = network->sizes[l], outputs = network->sizes[l + 1];
      int is_last = l + 1 == network->layer_count;
      for (size_t o = 0; o < outputs; o++) {
        float t = neuron(w + o, w[inputs * outputs + o], values[l % 2], outputs, inputs, 1);
        if (is_last) output[o * output_stride + p] = t;
        else values[(l + 1) % 2][o] = sine(t);
      }
      w += coin_layer_parameters(network, l);
    }
  }
}

/// Halves 16 lanes to one: lane k += lane k + 8, then 4, 2, 1.
static float halve(float *lane) {
  for (size_t half = 8; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) lane[k] += lane[k + half];
  return lane[0];
}

static double halve_double(double *lane) {
  for (size_t half = 8; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) lane[k] += lane[k + half];
  return lane[0];
}

/// Fills in the values and the derivatives of the sine layers, and the outputs as the last
/// delta.
static void forward(const coin_network *network, const float *w, const coin_tile_layout *at,
                    size_t tile, size_t pixels) {
  for (uint32_t l = 0; l < network->layer_count; l++) {
    size_t inputs = network->sizes[l], outputs = network->sizes[l + 1];
    for (size_t o = 0; o < outputs; o++)
      for (size_t p = 0; p < pixels; p++) {
        float bias = w[inputs * outputs + o];
        float t = neuron(w + o, bias, at->value[l] + p, outputs, inputs, tile);
        if (l + 1 == network->layer_count) {
          at->delta[l + 1][o * tile + p] = t;
        } else {
          at->value[l + 1][o * tile + p] = sine(t);
          at->delta[l + 1][o * tile + p] = sine_derivative(t);
        }
      }
    w += coin_layer_parameters(network, l);
  }
}

/// Adds a tile's gradient of one layer's weights and biases.
static void add_layer_gradient(const float *delta, const float *value, size_t outputs,
                               size_t inputs, size_t tile, size_t pixels, float *gradient) {
  for (size_t o = 0; o < outputs; o++) {
    float bias[COIN_LANES] = {0};
    for (size_t p = 0; p < pixels; p++) bias[p % COIN_LANES] += delta[o * tile + p];
    gradient[outputs * inputs + o] += halve(bias);
    for (size_t i = 0; i < inputs; i++) {
      float lane[COIN_LANES] = {0};
      for (size_t p = 0; p < pixels; p++)
        lane[p % COIN_LANES] =
            fmaf(delta[o * tile + p], value[i * tile + p], lane[p % COIN_LANES]);
      gradient[o * inputs + i] += halve(lane);
    }
  }
}

static void backward(const coin_network *network, const float *parameters,
                     const coin_tile_layout *at, size_t tile, size_t pixels, float *gradient) {
  size_t offset = coin_network_parameter_count(network);
  for (uint32_t l = network->layer_count; l-- > 0;) {
    size_t inputs = network->sizes[l], outputs = network->sizes[l + 1];
    offset -= coin_layer_parameters(network, l);
    add_layer_gradient(at->delta[l + 1], at->value[l], outputs, inputs, tile, pixels,
                       gradient + offset);
    for (size_t i = 0; l > 0 && i < inputs; i++)
      for (size_t p = 0; p < pixels; p++) {
        const float *w = parameters + offset + i;
        at->delta[l][i * tile + p] *= neuron(w, 0, at->delta[l + 1] + p, inputs, outputs, tile);
      }
  }
}

static double gradient(const coin_network *network, const float *parameters,
                       const float *transposed, const float *x, const float *y,
                       const float *target, size_t target_stride, const float *weight,
                       size_t pixels, float *gradient, float *workspace) {
  size_t tile = coin_gradient_tile(network), outputs = network->sizes[network->layer_count];
  coin_tile_layout at = coin_gradient_layout(network, workspace);
  double loss[COIN_LANES] = {0};
  for (size_t k = 0; k < coin_network_parameter_count(network); k++) gradient[k] = 0;
  for (size_t start = 0; start < pixels; start += tile) {
    size_t count = coin_min(tile, pixels - start);
    for (size_t p = 0; p < count; p++) {
      at.value[0][p] = x[start + p];
      at.value[0][tile + p] = y[start + p];
    }
    forward(network, transposed, &at, tile, count);
    for (size_t o = 0; o < outputs; o++)
      for (size_t p = 0; p < count; p++) {
        float *delta = at.delta[network->layer_count] + o * tile + p;
        size_t sample = o * target_stride + start + p;
        float error = *delta - target[sample];
        *delta = weight ? weight[sample] * error : error;
        loss[p % COIN_LANES] += (double)*delta * (double)error;
      }
    backward(network, parameters, &at, tile, count, gradient);
  }
  return halve_double(loss);
}

static void multiply(float *c, const float *a, const float *b, size_t rows, size_t inner,
                     size_t columns, size_t stride_a, size_t stride_b, size_t stride_c,
                     int transpose_a) {
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < coin_round_up(columns, COIN_LANES); column++) {
      float sum = 0;
      for (size_t k = 0; k < inner; k++) {
        float factor = transpose_a ? a[k * stride_a + row] : a[row * stride_a + k];
        sum = fmaf(factor, b[k * stride_b + column], sum);
      }
      c[row * stride_c + column] = sum;
    }
}

static void transpose(float *b, const float *a, size_t rows, size_t columns, size_t stride_a,
                      size_t stride_b) {
  for (size_t column = 0; column < columns; column++)
    for (size_t row = 0; row < coin_round_up(rows, COIN_LANES); row++)
      b[column * stride_b + row] = row < rows ? a[row * stride_a + column] : 0;
}

const coin_kernels coin_kernels_scalar = {evaluate, gradient, multiply, transpose};
