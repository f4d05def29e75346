#ifndef COIN_FIT_H
#define COIN_FIT_H

// The compute kernels that fit latent grids to a picture: soft rounding, the entropy network
// and its rate, upsampling, synthesis, and the gradients of all of them (spec: latents.md; the
// float model of it).
//
// Every variant gives the same bits, as in coin_kernels.h: lanes are neighbouring columns, sums
// run in a stated order, fused multiply-adds are explicit, exponentials and logarithms are
// polynomials of our own. No function keeps state or allocates.
//
// Work is dealt in *bands* of rows. Bands that may run at the same time touch different memory;
// where neighbouring bands overlap, all even ones run first, then all odd ones, so that every
// sum has one order whatever the number of threads.

#include "coin_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COIN_FIT_MARGIN = 16,       ///< Columns of padding to the left of a plane, and at least so many to the right.
  COIN_FIT_MARGIN_ROWS = 4,   ///< Rows of padding above and below.
  COIN_FIT_MAX_INPUTS = 24,   ///< Most contexts and features of the entropy network.
  COIN_FIT_MAX_HIDDEN = 32,   ///< Most neurons of its hidden layers.
  COIN_FIT_MAX_SYNTHESIS = 64,  ///< Most hidden neurons of the synthesis.
  COIN_FIT_MAX_PLANES = 16,   ///< Most inputs of the synthesis.
  COIN_FIT_CHUNK = 256,       ///< Columns that go through a network together.
  COIN_FIT_WINDOW = 11,       ///< Columns and rows of a window of structural similarity.
  COIN_FIT_SIMILARITY_BAND = 32,  ///< Rows of a band of its windows.
};

/// Numbers in rows, with padding around them.
///
/// Row y, column x is `origin[y * stride + x]`; y from -COIN_FIT_MARGIN_ROWS, x from
/// -COIN_FIT_MARGIN. The stride is a multiple of COIN_LANES and leaves a margin to the right.
typedef struct {
  float *origin;
  size_t stride;
  uint32_t width, height;
} coin_plane;

/// Returns the stride of a plane of `width` columns.
size_t coin_plane_stride(size_t width);

/// Returns how many floats a plane needs, its padding included.
size_t coin_plane_size(size_t width, size_t height);

/// Where a context of a latent comes from.
typedef enum {
  COIN_CONTEXT_SAME = 0,    ///< The latent at (y + dy, x + dx) of a grid of this level.
  COIN_CONTEXT_PARENT = 1,  ///< That at ((y + dy) >> 1, (x + dx) >> 1), a level above.
  COIN_CONTEXT_GRANDPARENT = 2,  ///< That at (y >> 2, x >> 2), two levels above.
  COIN_CONTEXT_CONSTANT = 3,  ///< `constant`.
} coin_context_kind;

/// A context of the latents of a grid.
///
/// `source` and `gradient` are planes of the same stride; both are NULL where there is no such
/// grid (the context is 0).
typedef struct {
  coin_context_kind kind;
  int32_t dy, dx;
  float constant;
  const float *source;  ///< Its (0, 0).
  float *gradient;      ///< What is added to.
  size_t stride;
} coin_context;

/// The sizes of the networks, and where their tensors begin in the parameters.
typedef struct {
  uint32_t contexts;  ///< Inputs of the entropy network.
  uint32_t hidden;    ///< Neurons of each of its two hidden layers.
  uint32_t planes;    ///< Inputs of the synthesis.
  uint32_t synthesis; ///< Hidden neurons of the synthesis.
  uint32_t channels;  ///< Outputs.
  uint32_t stages;    ///< Upsampling stages.
  uint32_t groups;    ///< Groups of taps: luma; chroma, alpha.
  uint32_t w1, b1, w2, b2, w3, b3;  ///< `[hidden][contexts]`, `[hidden]`, `[hidden][hidden]`, `[hidden]`, `[2][hidden + contexts]`, `[2]`.
  uint32_t taps;      ///< `[groups][stages][4]`.
  uint32_t a1, c1, a2, c2;  ///< `[synthesis][planes]`, `[synthesis]`, `[channels][synthesis + planes]`, `[channels]`.
  uint32_t k, c3;     ///< `[channels][channels][9]`, `[channels]`.
  uint32_t count;     ///< All parameters.
} coin_fit_shape;

/// Fills in the places of the tensors from the sizes.
void coin_fit_layout(coin_fit_shape *shape);

/// Writes the parameters with each weight matrix transposed, in the same places.
void coin_fit_transpose(const coin_fit_shape *shape, const float *parameters,
                        float *transposed);

/// Rounds latents, softly and with noise (Cool-chic 5; temperature T, noise sigma):
/// v = s(s(y) + sigma n), s(x) = floor(x) + 1/2 + tanh((x - floor(x) - 1/2) / T) / (2 tanh(1 / 2T)).
///
/// - y: `[rows][stride]` of the plane's columns. slope: likewise, dv/dy.
/// - v: a plane; rows `first` to `last` are written.
/// - temperature: 0 rounds to the nearest integer; the slope is then 0.
/// - sigma: the noise of a negative one is the opposite.
/// - seed: of the noise; with the place of a latent it decides the noise.
void coin_fit_soften(coin_variant variant, const coin_plane *y, coin_plane *v,
                     coin_plane *slope, uint32_t first, uint32_t last, float temperature,
                     float sigma, uint32_t seed);

/// Returns how many floats the functions below need as their workspace.
size_t coin_fit_workspace(const coin_fit_shape *shape, size_t width);

/// Rows that stand for all in the gradient of the networks' parameters: y with y % period = phase, of
/// which each counts `period` times. The gradient of planes and of taps is of all rows.
typedef struct {
  uint32_t period;  ///< At least 1, which takes all rows.
  uint32_t phase;   ///< Less than `period`.
} coin_fit_sample;

/// Returns the bits of the latents in some rows of a grid and, where `gradient` is not NULL,
/// adds their gradient to the parameters', the grid's and its contexts'.
///
/// The bits of a value v are -log2 p', p' = (1 - 2^-16) p + 2^-16, p the integral over v - 1/2 to
/// v + 1/2 of the Laplace density with the mean and scale that the entropy network tells.
///
/// - values: the grid. own: the plane of its gradient. map: NULL, or a plane that gets the bits of
///   each latent.
/// - contexts: `[shape->contexts]`.
double coin_fit_rate(coin_variant variant, const coin_fit_shape *shape, const float *parameters,
                     const float *transposed, const coin_plane *values, const coin_plane *own,
                     const coin_plane *map, const coin_context *contexts, uint32_t first,
                     uint32_t last, coin_fit_sample sample, float *gradient, float *workspace);

/// Upsamples a plane by 2 with 4 taps a phase (spec: upsampling): `out` is twice as large, or one less.
/// `in` has its border replicated into the padding (2 columns and rows); so has `out` afterwards.
void coin_fit_upsample(coin_variant variant, const coin_plane *in, const coin_plane *out,
                       const float *taps, float *workspace);

/// Adds to the gradient of `in` and of the taps, given that of `out`.
///
/// - in_gradient: a plane of zero padding; the padding is left at zero.
void coin_fit_upsample_gradient(coin_variant variant, const coin_plane *in,
                                const coin_plane *in_gradient, const coin_plane *out_gradient,
                                const float *taps, float *taps_gradient, float *workspace);

/// Copies a plane times `factor`, or adds it, and replicates the border into the padding.
void coin_fit_copy(coin_variant variant, const coin_plane *in, const coin_plane *out,
                   float factor, int add);

/// Adds `factor` times a plane, padding apart.
void coin_fit_add(coin_variant variant, const coin_plane *in, const coin_plane *out,
                  float factor);

/// Adds to `out` what a filter of (2 radius + 1)^2 taps, row by row, makes of `in`.
///
/// - in: of the shape of `out`, with replicated borders. radius: 0 ... 2.
void coin_fit_filter(coin_variant variant, const coin_plane *in, uint32_t radius,
                     const float *taps, const coin_plane *out);

/// Adds to the gradient of a filter's taps, `[(2 radius + 1)^2]`, given that of its output.
///
/// - delta: a plane of zero padding.
void coin_fit_correlate(coin_variant variant, const coin_plane *in, uint32_t radius,
                        const coin_plane *delta, double *gradient);

/// Replicates the border of a plane into its padding.
void coin_plane_replicate(const coin_plane *plane);

/// An input of the synthesis: a plane of full size, or one of half the size that is upsampled.
typedef struct {
  const coin_plane *values;
  const coin_plane *gradient;
  uint32_t half;  ///< Whether it is of half the size.
  uint32_t taps;  ///< The place of the last stage's taps in the parameters.
  const coin_plane *detail;  ///< A plane of full size that is added after upsampling, or NULL.
  const coin_plane *detail_gradient;
} coin_fit_input;

/// Computes the synthesis before its 3 x 3 convolution, for rows `first` to `last` of the picture.
///
/// - inputs: `[shape->planes]`. residual: `[channels]` planes, which get replicated borders once
///   all rows are written (coin_plane_replicate).
void coin_fit_synthesize(coin_variant variant, const coin_fit_shape *shape,
                         const float *parameters, const float *transposed,
                         const coin_fit_input *inputs, const coin_plane *residual,
                         uint32_t first, uint32_t last, float *workspace);

/// Convolves, compares with the target, and returns sum weight * (output - target)^2.
///
/// An output beyond `low` or `high` counts as these. With a `gradient`, the gradient of
/// `scale` / 2 times the sum is written to `error`, and added to the convolution's parameters';
/// without, each output's weight * (output - target)^2 is written there, or, if `differences` are
/// wanted, weight * (output - target).
///
/// - target, error: `[channels]` planes of the residual's stride. weight: a plane or NULL; it
///   applies to all channels but the last, if `weigh_last` is 0.
/// - low, high: `[channels]`.
double coin_fit_compare(coin_variant variant, const coin_fit_shape *shape,
                        const float *parameters, const coin_plane *residual,
                        const coin_plane *target, const coin_plane *weight, int weigh_last,
                        const float *low, const float *high, float scale,
                        const coin_plane *error, int differences, uint32_t first, uint32_t last,
                        coin_fit_sample sample, float *gradient);

/// Structural similarity in units of the model.
typedef struct {
  float c1, c2;  ///< The squares of 0.01 and of 0.03 of the range.
  float black;   ///< The luma of black.
  float squares;  ///< What a squared error of luma counts beside its similarity.
} coin_similarity;

/// Takes luma out of the differences of channels, and returns the sum of the squares of the rest: of
/// color without its luma, and of alpha; and what those of luma count.
///
/// - error: `[channels]`; the last of 2 or 4 is alpha. luma: a plane of the same size.
double coin_fit_split_luma(coin_variant variant, const coin_similarity *similarity,
                           const coin_plane *error, uint32_t channels, const coin_plane *luma,
                           uint32_t first, uint32_t last);

/// Returns how many floats coin_fit_similarity_loss needs.
size_t coin_fit_similarity_workspace(void);

/// Returns the sum of 1 - contrast and structure, or of 1 - similarity `with_luminance`, over the
/// windows that begin in rows `first` to `last` and lie within the plane; at most
/// COIN_FIT_SIMILARITY_BAND rows.
///
/// - error, target: planes of COIN_FIT_WINDOW columns and rows or more; what is compared with the
///   target is target + error.
/// - gradient: that of `factor` / 2 times the sum over all windows is written to the rows; or NULL.
double coin_fit_similarity_loss(coin_variant variant, const coin_similarity *similarity,
                                const coin_plane *error, const coin_plane *target,
                                int with_luminance, float factor, const coin_plane *gradient,
                                uint32_t first, uint32_t last, float *workspace);

/// Turns differences into the gradient of `scale` / 2 times the squares of coin_fit_split_luma, plus
/// that of luma, and adds to the gradient of the convolution's parameters.
///
/// Outputs beyond `low` or `high` count as these, and have no gradient that leads further there.
///
/// - luma_gradient: of the differences of luma. coarser: the gradient of half their size, of the means
///   of 2 x 2, or NULL. weight: a plane or NULL, for all channels but alpha.
void coin_fit_join_luma(coin_variant variant, const coin_fit_shape *shape,
                        const coin_similarity *similarity, const coin_plane *residual,
                        const coin_plane *error, const coin_plane *target, const float *low,
                        const float *high, const coin_plane *luma, const coin_plane *luma_gradient,
                        const coin_plane *coarser, const coin_plane *weight, float scale,
                        uint32_t first, uint32_t last, coin_fit_sample sample, float *gradient);

/// Adds the gradient of the synthesis, from that of its outputs, to the parameters' and the inputs'.
void coin_fit_synthesis_gradient(coin_variant variant, const coin_fit_shape *shape,
                                 const float *parameters, const float *transposed,
                                 const coin_fit_input *inputs, const coin_plane *error,
                                 uint32_t first, uint32_t last, coin_fit_sample sample,
                                 float *gradient, float *workspace);

/// The constants of a step of the latents' Adam.
typedef struct {
  float mean_decay, variance_decay;
  float mean_scale, variance_scale;  ///< 1 / (1 - decay^step) of each.
  float epsilon, rate, limit;        ///< Latents stay within +-limit.
} coin_latents_adam;

/// Latents that stay as they are: all of the first rows, and the first columns of some more rows.
typedef struct {
  uint32_t rows;     ///< Rows that are pinned as a whole.
  uint32_t columns;  ///< Columns that are pinned
  uint32_t last;     ///< in the rows up to this one.
} coin_fit_pins;

/// Steps latents against slope * (sum of up to 6 gradients), and zeroes these.
///
/// - gradients: `[gradient_count]` planes of the grid's shape.
void coin_fit_step(coin_variant variant, const coin_latents_adam *adam, const coin_plane *y,
                   const coin_plane *slope, const coin_plane *mean, const coin_plane *variance,
                   const coin_plane *const *gradients, uint32_t gradient_count,
                   const coin_fit_pins *pins, uint32_t first, uint32_t last);

#ifdef __cplusplus
}
#endif
#endif
