#ifndef COIN_FIT_MODEL_H
#define COIN_FIT_MODEL_H

// A step of the fit as phases of independent items of work: the caller deals the items of a phase
// to threads, one phase after the other. What an item computes does not depend on the thread.

#include "coin_fit.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COIN_FIT_MAX_LEVELS = 10,
  COIN_FIT_GROUPS = 4,    ///< Luma, two of chroma, alpha.
  COIN_FIT_BAND = 16,     ///< Rows of a band.
  COIN_FIT_NO_LEVEL = 255,  ///< The first level of a group that has no grids.
  COIN_FIT_SCALES = 5,      ///< Of structural similarity.
  COIN_FIT_SAMPLED_PIXELS = 70000,  ///< Pixels from which on a part of the rows says enough.
};

/// What is fitted: sizes, known before anything is allocated.
typedef struct {
  uint32_t width, height;
  uint32_t levels;    ///< 1 ... COIN_FIT_MAX_LEVELS
  uint32_t first[COIN_FIT_GROUPS];  ///< The first level of each group, or COIN_FIT_NO_LEVEL.
  uint32_t spatial;   ///< Contexts from the grid itself, even, 2 ... 16
  uint32_t hidden, synthesis, channels;
  uint32_t scales;  ///< Of structural similarity; the last has COIN_FIT_WINDOW rows and columns or more.
} coin_fit_config;

/// The grid of a group at a level.
typedef struct {
  uint32_t level, group;
  coin_plane y, values, slope, mean, variance;
  coin_plane gradients[5];  ///< Of itself, and as a parent, grandparent, neighbour of chroma, of alpha.
  uint32_t gradient_count;
  const coin_plane *step_gradients[6];
  coin_context contexts[COIN_FIT_MAX_INPUTS];
  uint32_t first_item;  ///< Of its bands, among all bands.
} coin_fit_grid;

/// A chain of upsampling stages, to half the picture's size.
typedef struct {
  uint32_t group;
  uint32_t top;  ///< The coarsest level.
  coin_plane values[COIN_FIT_MAX_LEVELS], gradient[COIN_FIT_MAX_LEVELS];  ///< By level, from 1.
} coin_fit_chain;

/// A scale of structural similarity: luma at 2^-scale of the picture's size.
typedef struct {
  coin_plane target, error, gradient;
  uint32_t first_item;  ///< Of its bands, among all bands.
  float weight;  ///< What a window counts against squared errors.
} coin_fit_scale;

typedef enum {
  COIN_FIT_SOFTEN,
  COIN_FIT_UPSAMPLE,
  COIN_FIT_SYNTHESIZE,
  COIN_FIT_BORDER,
  COIN_FIT_COMPARE,
  COIN_FIT_HALVE,
  COIN_FIT_SIMILARITY,
  COIN_FIT_RATE_EVEN,
  COIN_FIT_RATE_ODD,
  COIN_FIT_EXPAND,
  COIN_FIT_JOIN,
  COIN_FIT_SYNTHESIS_EVEN,
  COIN_FIT_SYNTHESIS_ODD,
  COIN_FIT_UPSAMPLE_GRADIENT,
  COIN_FIT_REDUCE,
  COIN_FIT_STEP,
  COIN_FIT_PHASE_COUNT,
} coin_fit_phase;

/// Planes, networks and settings of a fit. All memory belongs to the caller.
typedef struct {
  coin_fit_config config;
  coin_fit_shape shape;
  uint32_t grid_count, chain_count, band_count, rate_items;
  coin_fit_grid grids[COIN_FIT_GROUPS * COIN_FIT_MAX_LEVELS];  ///< Finest first.
  coin_fit_chain chains[COIN_FIT_MAX_LEVELS + COIN_FIT_GROUPS];
  coin_fit_input inputs[COIN_FIT_MAX_PLANES];
  coin_plane residual[4], error[4], target[4], weight;
  float *parameters, *transposed, *gradient, *slots;  ///< `[shape.count]`; slots: `[items][count]`
  double *bits, *squares;  ///< Of each rate item; of each band.
  coin_fit_scale scales[COIN_FIT_SCALES];
  coin_similarity similarity;
  uint32_t scale_items;
  double *unlike, *color;  ///< 1 - similarity, weighted, of each scale's band; squares of each band.
  coin_plane kept;  ///< The squared error of each pixel, before what is tried (coin_fit_try).
  // Settings of the step, to be filled in by the caller:
  float temperature, sigma;  ///< Of soft rounding at level 0; coarser ones are softer.
  uint32_t seed;
  int with_gradient;  ///< Whether gradients are wanted.
  int has_weight;
  float low[4], high[4];
  float scale;  ///< The gradient of the squared error is so much times the error.
  coin_fit_sample sample;  ///< Of planes of at least COIN_FIT_SAMPLED_PIXELS; of others, all rows.
  coin_latents_adam adam;
  uint32_t tried_level;  ///< The level of which latents are tried, or COIN_FIT_NO_LEVEL.
  coin_fit_pins pins;  ///< In pixels of the picture, multiples of a coarsest latent.
} coin_fit_model;

/// Returns how many bytes of memory a model takes, beside the model itself.
size_t coin_fit_model_size(const coin_fit_config *config);

/// Lays a model out in zeroed memory, aligned to 64 bytes.
void coin_fit_model_init(coin_fit_model *model, const coin_fit_config *config, void *memory);

/// Returns a grid, by its index.
const coin_fit_grid *coin_fit_grid_at(const coin_fit_model *model, uint32_t index);

/// Returns what is pinned of a grid of some level.
coin_fit_pins coin_fit_pins_at(const coin_fit_model *model, uint32_t level);

/// Returns how many items a phase has.
uint32_t coin_fit_item_count(const coin_fit_model *model, coin_fit_phase phase);

/// Returns how many floats the workspace of a thread needs.
size_t coin_fit_model_workspace(const coin_fit_model *model);

/// Does one item of a phase.
void coin_fit_run(coin_variant variant, coin_fit_model *model, coin_fit_phase phase,
                  uint32_t item, float *workspace);

/// Interleaved samples of a picture, rows without padding.
typedef struct {
  const void *samples;     ///< u8, or u16 in the byte order of the machine.
  size_t row_samples;      ///< Samples from one row to the next.
  uint32_t depth;          ///< 8 or 16.
  uint32_t channels;       ///< Of the samples; those of the model are the first.
  int has_alpha;           ///< Whether the last channel is alpha.
} coin_fit_picture;

/// Fills in the target, (sample - base) / unit, and the weight of color, which is alpha; where
/// alpha is 0 the target of color is 0.
///
/// - picture: its first sample is that of the model's first pixel.
/// - base: `[channels]`, in samples. unit: samples per unit of the model.
void coin_fit_set_target(coin_fit_model *model, const coin_fit_picture *picture,
                         const float *base, float unit);

/// Prepares to compare by structural similarity, after coin_fit_set_target: what counts of luma is
/// `weight` times the pixels times 1 - the mean similarity of the scales, instead of its squared error.
///
/// A sum of scales by their exponents stands for the product of the metric, as it does to first order
/// near 1.
///
/// - range: the units of the model from black to white.
/// - squares: what a squared error of luma counts beside that.
void coin_fit_set_similarity(coin_fit_model *model, float range, float weight, float squares);

/// Starts the latents of a group from the target: a closed-loop Laplacian pyramid, coarse to fine,
/// each difference shrunk by `dead_zone`; luma's finest grid, where it is of full size, starts at
/// zero.
///
/// - taps: 4, of all stages. Uses the planes of gradients and of the residual as scratch.
void coin_fit_start(coin_variant variant, coin_fit_model *model, uint32_t group, float dead_zone,
                    const float *taps, float *workspace);

enum {
  COIN_ANALYSIS_LEVELS = 7,  ///< Levels that have filters of their own.
  COIN_ANALYSIS_TAPS = 53,   ///< Of the filter of a level: 25 + 9 + 1 + 9 + 9.
};

/// Starts the latents of luma and chroma from the target, by linear filters of the bands of a Laplacian
/// pyramid.
///
/// - filters: `[3][COIN_ANALYSIS_LEVELS][COIN_ANALYSIS_TAPS]`, of luma and chroma. The taps of a
///   level count, in this order: 5 x 5 of its band; 3 x 3 of the next level's band, upsampled; 1 of
///   that of the level after it; 3 x 3 of this level's band in each of the two other groups. The
///   band of the last level is the picture itself.
/// - taps: 4, of upsampling. Uses the planes of gradients, of slopes and of the residual as scratch.
void coin_fit_analyze(coin_variant variant, coin_fit_model *model, const float *filters,
                      const float *taps, float *workspace);

/// Adds to the gradient of the filters of `coin_fit_analyze`, after a pass backward that followed it
/// and before any step of the latents. The passes' planes are scratch.
///
/// - gradient: of the filters' shape. The model has COIN_ANALYSIS_LEVELS levels.
void coin_fit_analysis_gradient(coin_variant variant, coin_fit_model *model, const float *taps,
                                double *gradient, float *workspace);

/// A latent that may be rounded to the second nearest integer instead of the nearest.
typedef struct {
  uint32_t grid, x, y;
  float value;  ///< The latent.
  enum { COIN_FIT_WAITING, COIN_FIT_TRIED, COIN_FIT_DECIDED } state;
} coin_fit_candidate;

/// Begins to try latents, after passes forward that have told of all levels: hard rounding, no
/// gradients, `tried_level` set. All passes up to coin_fit_end_trials must be such.
void coin_fit_begin_trials(coin_fit_model *model);

/// Lists the latents of the tried level that are at least `least` from the nearest integer, and
/// not pinned.
///
/// - list: NULL, or room for all of them.
/// - Returns how many there are.
uint32_t coin_fit_list_candidates(const coin_fit_model *model, float least,
                                  coin_fit_candidate *list);

/// Rounds candidates that are not tried yet the other way, as many as do not meet: what one
/// changes, in bits and in error, no other does.
///
/// - taken: `[height][width]` of the tried level.
/// - Returns how many; none if all have been tried.
uint32_t coin_fit_try(coin_fit_model *model, coin_fit_candidate *list, uint32_t count,
                      uint8_t *taken);

/// After a pass forward: lets those that are being tried stay where they lower the cost, in bits
/// and `scale` / 2 times the squared error, and puts the others back.
///
/// - Returns by how much the cost is lower.
double coin_fit_decide(coin_fit_model *model, coin_fit_candidate *list, uint32_t count);

/// Ends the trials. The latents' Adam has no memory afterwards.
void coin_fit_end_trials(coin_fit_model *model);

/// Copies the latents of a grid, rounded to nearest (ties to even), to `[height][width]`.
void coin_fit_export(const coin_fit_model *model, uint32_t grid, int16_t *latents);

/// Sets the pinned latents of a grid, those of `[height][width]` integers.
void coin_fit_import_pinned(coin_fit_model *model, uint32_t grid, const int16_t *latents);

/// The sum of all bits, and of all squared errors, of the last pass.
double coin_fit_total_bits(const coin_fit_model *model);
double coin_fit_total_squares(const coin_fit_model *model);

/// What counts as error of the last pass: the squared errors, or those beside luma and what structural
/// similarity lacks.
double coin_fit_total_distortion(const coin_fit_model *model);

#ifdef __cplusplus
}
#endif
#endif
