#ifndef COIN_KERNELS_H
#define COIN_KERNELS_H

// The compute kernels of .coin: a small sine network, its gradient, and the dense matrix
// products of its optimiser, for several instruction sets.
//
// Every variant gives the same bits, which are those of the plain C in reference.c: a lane is
// a pixel (or a matrix column), every sum runs in the stated order, every fused multiply-add
// is explicit. So a picture decodes to the same samples, and encodes to the same file, on
// every CPU. (The payload of a NaN is the exception.)
//
// Letters: l layer, o output, i input, p pixel. Rows are contiguous, the last index fastest.
// No function keeps state, allocates, or needs any alignment beyond that of float.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COIN_MAX_HIDDEN_LAYERS = 16,  ///< Most sine layers of a network.
  COIN_MAX_WIDTH = 64,          ///< Most neurons of a sine layer.
  COIN_MAX_OUTPUTS = 4,         ///< Most outputs of a network: colour and alpha.
  COIN_MAX_MATRIX = 96,         ///< Most rows or columns of an optimiser's matrix.
  COIN_LANES = 16,              ///< Pixels of a logical vector, whatever the CPU's width.
};

/// An instruction set that the kernels are compiled for.
typedef enum {
  COIN_VARIANT_SCALAR = 0,  ///< Plain C; the reference. Slow without FMA instructions.
  COIN_VARIANT_AVX2 = 1,    ///< x86-64 with AVX2 and FMA.
  COIN_VARIANT_AVX512 = 2,  ///< x86-64 with AVX-512 F, VL and DQ.
  COIN_VARIANT_NEON = 3,    ///< AArch64.
  COIN_VARIANT_COUNT = 4,
} coin_variant;

/// Returns whether `variant` is compiled in and this CPU can run it.
int coin_variant_is_supported(coin_variant variant);

/// Returns the fastest variant that this CPU can run.
coin_variant coin_variant_best(void);

/// The shape of a network: 2 inputs, sine layers, and a linear layer.
///
/// `sizes[0]` is 2 (x and y); `sizes[1]` to `sizes[layer_count - 1]` are the widths of the sine
/// layers, 1 to `COIN_MAX_WIDTH`; `sizes[layer_count]` is the number of outputs, 1 to
/// `COIN_MAX_OUTPUTS`. Every function below requires such a shape.
///
/// Its *parameters* are, layer after layer, the weights `[outputs][inputs]`, then the biases
/// `[outputs]`. Its *transposed parameters* have the weights as `[inputs][outputs]` instead, in
/// the same places.
typedef struct {
  uint32_t layer_count;  ///< Affine layers: sine layers + 1, from 2.
  uint32_t sizes[COIN_MAX_HIDDEN_LAYERS + 2];
} coin_network;

/// Returns whether `network` keeps to the limits above.
int coin_network_is_valid(const coin_network *network);

/// Returns how many parameters the network has.
size_t coin_network_parameter_count(const coin_network *network);

/// Writes the transposed parameters.
void coin_network_transpose(const coin_network *network, const float *parameters,
                            float *transposed);

/// Returns how many floats `coin_network_evaluate` needs as its workspace.
size_t coin_network_evaluate_workspace(const coin_network *network);

/// Evaluates the network at some points (the decoder's arithmetic; spec: decoding process).
///
/// A neuron's t is its bias, then one fused multiply-add for each input in index order. A sine
/// layer's output is sine(t), about sin(2 pi t): r = t - roundToIntegralTiesToEven(t),
/// s = r * (0.5 - |r|), z = |s|, s * fma(fma(fma(c3, z, c2), z, c1), z, c0).
///
/// - transposed: the transposed parameters.
/// - x, y: `[pixels]`, any number of them.
/// - output: `[outputs][output_stride]`, of which the first `pixels` columns are written.
/// - workspace: `coin_network_evaluate_workspace` floats, of any content.
void coin_network_evaluate(coin_variant variant, const coin_network *network,
                           const float *transposed, const float *x, const float *y,
                           float *output, size_t output_stride, size_t pixels,
                           float *workspace);

/// Returns how many floats `coin_network_gradient` needs as its workspace.
size_t coin_network_gradient_workspace(const coin_network *network);

/// Returns the network's weighted squared error, sum weight * (output - target)^2, and writes
/// the gradient of half of it.
///
/// The pixels are taken in tiles; a tile's size depends on the network alone. In a tile, a
/// weight's gradient is summed per lane by fused multiply-adds over the vectors in order, the
/// 16 lanes are halved (lane k += lane k + 8, then 4, 2, 1), and the result is added to the
/// running sum. The error is summed in double precision, per lane: tile after tile, output
/// after output, vector after vector; then halved.
///
/// - parameters, transposed: both layouts of the same parameters.
/// - x, y: `[pixels]`; `pixels` is a multiple of `COIN_LANES`.
/// - target: `[outputs][target_stride]`.
/// - weight: `[outputs][target_stride]`, not negative, or NULL for all ones.
/// - gradient: laid out as the parameters; overwritten.
/// - workspace: `coin_network_gradient_workspace` floats, of any content.
double coin_network_gradient(coin_variant variant, const coin_network *network,
                             const float *parameters, const float *transposed, const float *x,
                             const float *y, const float *target, size_t target_stride,
                             const float *weight, size_t pixels, float *gradient,
                             float *workspace);

/// Multiplies matrices: c = a b, or c = transpose(a) b.
///
/// Each element is a chain of fused multiply-adds from +0 in the order of the inner index. The
/// padding of c is computed from that of b, so zeros stay zeros.
///
/// - a: `[rows][stride_a]`, `inner` columns; if `transpose_a`, `[inner][stride_a]`, `rows`
///   columns.
/// - b: `[inner][stride_b]`, `columns` columns.
/// - c: `[rows][stride_c]`, `columns` columns; apart from a and b.
/// - The strides are multiples of `COIN_LANES`; no extent is above `COIN_MAX_MATRIX`.
void coin_matrix_multiply(coin_variant variant, float *c, const float *a, const float *b,
                          size_t rows, size_t inner, size_t columns, size_t stride_a,
                          size_t stride_b, size_t stride_c, int transpose_a);

/// Transposes a matrix: b[c][r] = a[r][c]; columns of b beyond the last are filled with zeros
/// up to a multiple of `COIN_LANES`.
///
/// - a: `[rows][stride_a]`.
/// - b: `[columns][stride_b]`; apart from a.
/// - The strides are multiples of `COIN_LANES`.
void coin_matrix_transpose(coin_variant variant, float *b, const float *a, size_t rows,
                           size_t columns, size_t stride_a, size_t stride_b);

/// Moves a mean towards values: mean = fma(decay, mean - value, value).
///
/// - mean, value: `[count]`; `count` is a multiple of `COIN_LANES`.
void coin_average(coin_variant variant, float *mean, const float *value, float decay,
                  size_t count);

/// Adds multiples: sum = fma(factor, value, sum).
///
/// - sum, value: `[count]`; `count` is a multiple of `COIN_LANES`.
void coin_add_scaled(coin_variant variant, float *sum, const float *value, float factor,
                     size_t count);

/// The constants of one step of Adam (Kingma and Ba 2015, algorithm 1).
typedef struct {
  float mean_decay, variance_decay;  ///< beta 1 and beta 2.
  float mean_scale, variance_scale;  ///< 1 / (1 - beta^step) of each.
  float epsilon;
} coin_adam;

/// Updates the means of gradients and of their squares, and writes the direction to step
/// against: scaled mean / (sqrt(scaled variance) + epsilon), each operation rounded once.
///
/// - all arrays: `[count]`; `count` is a multiple of `COIN_LANES`.
void coin_adam_step(coin_variant variant, const coin_adam *adam, float *direction, float *mean,
                    float *variance, const float *gradient, size_t count);

/// Makes the rows of a matrix orthonormal, in order, by modified Gram-Schmidt, each row twice.
/// A row that depends on the earlier ones becomes zero, or what rounding has left of it,
/// normalized.
///
/// - rows: `[count][stride]`, padded with zeros; `stride` is a multiple of `COIN_LANES`.
void coin_matrix_orthonormalize(coin_variant variant, float *rows, size_t count,
                                size_t stride);

/// Applies the sine of `coin_network_evaluate` to `count` numbers, by the reference.
void coin_sine_apply(const float *t, float *sine, float *derivative, size_t count);

#ifdef __cplusplus
}
#endif
#endif
