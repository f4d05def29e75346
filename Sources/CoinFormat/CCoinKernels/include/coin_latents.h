#ifndef COIN_LATENTS_H
#define COIN_LATENTS_H

// The kernels of the architecture "latents": the entropy coder of its grids, and what makes a
// picture of them. Integers only: every variant, and every compiler, gives the same bits.
//
// Nothing here allocates, keeps state, calls a library, or uses a floating-point number. What
// comes from a stream may be anything: a reader stops at its last byte, and no value overflows.
// Section numbers are those of the specification of latents.
//
// Letters: l level, y row, x column, t time step of the wavefront, r lane. `>>` is arithmetic.

#include <stddef.h>
#include <stdint.h>

#include "coin_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  COIN_LATENT_MAX_LEVELS = 10,    ///< Most levels of a pyramid.
  COIN_LATENT_MAX = 511,          ///< Largest magnitude of a latent.
  COIN_LATENT_SCALES = 128,       ///< Scales of the symbols' distributions.
  COIN_LATENT_MAX_STATES = 16,    ///< Most states of a coder.
  COIN_LATENT_MAX_CONTEXTS = 16,  ///< Most causal neighbours that are inputs.
  COIN_LATENT_FEATURES = 6,       ///< Inputs beside those: five features and a flag.
  COIN_LATENT_MAX_HIDDEN = 32,    ///< Most neurons of a layer of the entropy network.
  COIN_LATENT_MAX_PLANES = 13,    ///< Most inputs of the synthesis.
  COIN_LATENT_MAX_WIDTH = 64,     ///< Most neurons of the synthesis.
  COIN_LATENT_PAD = 32,           ///< Samples after a row that kernels may touch.
};

/// How a function that reads or writes a stream ends.
typedef enum {
  COIN_LATENT_OK = 0,
  COIN_LATENT_TRUNCATED = 1,     ///< The next byte is beyond the last.
  COIN_LATENT_OUT_OF_RANGE = 2,  ///< A latent above COIN_LATENT_MAX in magnitude.
  COIN_LATENT_BAD_STATE = 3,     ///< A state of the coder that no encoder leaves.
  COIN_LATENT_FULL = 4,          ///< A writer's memory is used up.
} coin_latent_status;

// MARK: Symbols (§5)

/// The ranges of the symbols for every scale and every fraction of a mean.
typedef struct coin_latent_tables coin_latent_tables;

/// Returns how many bytes the tables take, some 460 kB.
size_t coin_latent_tables_size(void);

/// Computes the tables in memory that the caller provides, aligned to 8 bytes.
coin_latent_tables *coin_latent_tables_fill(void *memory);

/// Returns q, the ratio of scale `scale`, and puts its radius R into `*radius`.
uint32_t coin_latent_scale_constants(uint32_t scale, uint32_t *radius);

/// Returns where the range of difference `j` starts, C(j) of the specification.
///
/// - fraction: of the mean in 1/16, -8...7.
/// - j: -R...R + 1.
uint32_t coin_latent_boundary(const coin_latent_tables *tables, uint32_t scale,
                              int32_t fraction, int32_t j);

/// Writes -log2(f / 65536) in 1/65536 bits, rounded to nearest, for f = 1...65535 into cost[f];
/// cost[0] is 0.
void coin_latent_costs_fill(uint32_t cost[65536]);

/// A range coder that reads.
typedef struct {
  const uint8_t *bytes;  ///< The stream.
  size_t count;          ///< Its bytes.
  size_t position;       ///< Of the next byte that is not read.
  uint32_t state_count;  ///< A power of two up to COIN_LATENT_MAX_STATES.
  uint32_t states[COIN_LATENT_MAX_STATES];
} coin_latent_reader;

/// Starts to read: takes the initial states.
coin_latent_status coin_latent_reader_begin(coin_latent_reader *reader, const uint8_t *bytes,
                                            size_t count, uint32_t state_count);

/// Reads one value with a mean of 0 through state 0; it may be of any magnitude below 2^17.
coin_latent_status coin_latent_read(coin_latent_reader *reader,
                                    const coin_latent_tables *tables, uint32_t scale,
                                    int32_t *value);

/// Reads a number of `bits` bits, 0...15, through state 0.
coin_latent_status coin_latent_read_uniform(coin_latent_reader *reader, uint32_t bits,
                                            uint32_t *value);

/// Returns COIN_LATENT_BAD_STATE unless every state is the one that an encoder starts from.
coin_latent_status coin_latent_reader_end(const coin_latent_reader *reader);

/// A range coder that writes: from the end of its memory backwards, last symbols first.
typedef struct {
  uint8_t *bytes;        ///< The memory.
  size_t position;       ///< Where the bytes start that are written.
  uint32_t state_count;  ///< A power of two up to COIN_LATENT_MAX_STATES.
  uint32_t states[COIN_LATENT_MAX_STATES];
} coin_latent_writer;

/// Starts to write into `count` bytes.
void coin_latent_writer_begin(coin_latent_writer *writer, uint8_t *bytes, size_t count,
                              uint32_t state_count);

/// Writes one value with a mean of 0 through state 0; its difference must have a code, that is
/// |value| <= R + 65535.
coin_latent_status coin_latent_write(coin_latent_writer *writer,
                                     const coin_latent_tables *tables, uint32_t scale,
                                     int32_t value);

/// Writes a number of `bits` bits, 0...15, through state 0.
coin_latent_status coin_latent_write_uniform(coin_latent_writer *writer, uint32_t bits,
                                             uint32_t value);

/// Writes the states, which come first in the stream.
coin_latent_status coin_latent_writer_end(coin_latent_writer *writer);

/// Returns an upper bound of the bytes of `count` values, the states not among them.
size_t coin_latent_bound(size_t count);

// MARK: Grids (§2-4)

/// A tile's part of a grid, `[height][stride]`.
typedef struct {
  int16_t *values;  ///< NULL: there is no such grid, or it is all zero.
  uint32_t width, height, stride;
} coin_latent_grid;

/// A grid and what its contexts are made of.
typedef struct {
  coin_latent_grid own;
  /// Luma: the next coarser luma. Others: luma, or for Cr Cb, of the same level.
  coin_latent_grid near;
  /// Luma: the second coarser luma. Others: the next coarser grid of the same kind.
  coin_latent_grid far;
  int is_luma;
} coin_latent_contexts;

/// The entropy network, packed for the kernels.
typedef struct {
  uint32_t contexts, hidden;
  int32_t first_biases[COIN_LATENT_MAX_HIDDEN + 2], second_biases[COIN_LATENT_MAX_HIDDEN];
  int32_t first[11 * (COIN_LATENT_MAX_HIDDEN + 2)];
  int32_t second[COIN_LATENT_MAX_HIDDEN / 2 * COIN_LATENT_MAX_HIDDEN];
  int32_t third[COIN_LATENT_MAX_HIDDEN];
} coin_latent_network;

/// Packs the tensors of an entropy network: D = contexts + COIN_LATENT_FEATURES inputs, H
/// neurons.
///
/// - contexts: even, 2...COIN_LATENT_MAX_CONTEXTS; hidden: even, 2...COIN_LATENT_MAX_HIDDEN.
/// - w1 `[H][D]`, w2 `[H][H]`, w3 `[2][H + D]`: 12 fractional bits, within -32767...32767, the
///   magnitudes of a row up to 49151 together.
/// - b1, b2 `[H]`, b3 `[2]`: 18 fractional bits, within +-2^29.
void coin_latent_network_pack(coin_latent_network *network, uint32_t contexts, uint32_t hidden,
                              const int32_t *w1, const int32_t *b1, const int32_t *w2,
                              const int32_t *b2, const int32_t *w3, const int32_t *b3);

/// Returns how many bytes the functions below need as their workspace, for grids up to `width`.
size_t coin_latent_workspace(uint32_t width);

/// Reads a grid in the order of the wavefront; `own.values` is written.
///
/// After an error the grid has any content, and the reader's position is that of the error, at
/// most some bytes after the latent that is wrong.
coin_latent_status coin_latent_decode(coin_variant variant, const coin_latent_network *network,
                                      const coin_latent_tables *tables,
                                      const coin_latent_contexts *contexts,
                                      coin_latent_reader *reader, void *workspace);

/// Predicts every latent of a grid that is known.
///
/// - mean `[height][width]`: in 1/16. - scale `[height][width]`.
void coin_latent_predict(coin_variant variant, const coin_latent_network *network,
                         const coin_latent_contexts *contexts, int16_t *mean, uint8_t *scale,
                         void *workspace);

/// Writes a grid with these predictions, in the reversed order of the wavefront.
coin_latent_status coin_latent_encode(const coin_latent_tables *tables,
                                      const coin_latent_grid *own, const int16_t *mean,
                                      const uint8_t *scale, coin_latent_writer *writer);

/// Returns what values cost with these predictions, in 1/65536 bits.
///
/// - cost: of each frequency, by coin_latent_costs_fill.
/// - each: `[count]`, what each costs, or NULL.
uint64_t coin_latent_cost(const coin_latent_tables *tables, const uint32_t *cost,
                          const int16_t *values, const int16_t *mean, const uint8_t *scale,
                          size_t count, uint32_t *each);

// MARK: Reconstruction (§7)

/// A part of a plane of int16 with 6 fractional bits.
///
/// Row y is at `samples + (y - top) * stride`, of which columns `left...left + width - 1` are
/// meaningful; the COIN_LATENT_PAD samples after them are memory of the plane, of any content.
/// Where the part ends short of what is asked for, the picture ends: its border is replicated.
typedef struct {
  int16_t *samples;
  ptrdiff_t stride;
  int32_t left, top, width, height;
} coin_latent_plane;

/// Sets every sample of a plane's part to zero.
void coin_latent_plane_clear(const coin_latent_plane *plane);

/// Multiplies every sample of a plane's part by factor / 4096: sat16((sample factor + 2^11) >> 12).
///
/// - factor: 0 ... 65535.
void coin_latent_plane_scale(const coin_latent_plane *plane, int32_t factor);

/// Returns what stages that are left out would have made of a flat 4096: the factor of an octave
/// (spec/latents.md, 8.2), 0 ... 65535.
///
/// - taps: `[octave][4]`, of the stages from the finest on.
int32_t coin_latent_octave_factor(const int32_t *taps, uint32_t octave);

/// Adds a tile's latents, each times `factor`, to the plane's part: sat16(sample + factor v).
///
/// - left, top: the plane's coordinates of the grid's first latent; what is outside of the
///   part is left out.
void coin_latent_plane_add(coin_variant variant, const coin_latent_plane *plane,
                           const coin_latent_grid *grid, int32_t left, int32_t top,
                           int32_t factor);

/// Doubles a part of a plane: from level l + 1 to level l.
///
/// - to: `left` is even; every sample is written.
/// - from: what `to` needs, 2 samples to each side, but for those outside of the picture.
/// - taps: e0...e3, 12 fractional bits, the magnitudes up to 49151 together.
/// - row: scratch of `from->width + 2 * COIN_LATENT_PAD` samples.
void coin_latent_upsample(coin_variant variant, const coin_latent_plane *from,
                          const coin_latent_plane *to, const int32_t taps[4], int16_t *row);

/// The synthesis, packed for the kernels.
typedef struct {
  uint32_t planes, width, outputs;  ///< I, K, C of the specification.
  uint32_t channels;                ///< Of the picture: C, or C + 1 with opaque alpha.
  uint32_t is_16_bit;
  int32_t gain, bases[4];
  int32_t first_biases[COIN_LATENT_MAX_WIDTH + 4], filter_biases[4];
  int32_t first[(COIN_LATENT_MAX_PLANES + 1) / 2 * (COIN_LATENT_MAX_WIDTH + 4)];
  int32_t second[COIN_LATENT_MAX_WIDTH / 2 * 4];
  int32_t filter[18 * 4];
} coin_latent_synthesis;

/// Packs the tensors of a synthesis: I inputs, K neurons, C outputs.
///
/// - synthesis: the members up to `bases` are set by the caller.
/// - a1 `[K][I]`, a2 `[C][K + I]`, b `[C][C][3][3]`: 12 fractional bits, sums of rows up to
///   49151, of b up to 45055.
/// - a1_biases `[K]`, a2_biases `[C]`: 18 fractional bits; b_biases `[C]`: 19.
void coin_latent_synthesis_pack(coin_latent_synthesis *synthesis, const int32_t *a1,
                                const int32_t *a1_biases, const int32_t *a2,
                                const int32_t *a2_biases, const int32_t *b,
                                const int32_t *b_biases);

/// Returns how many bytes coin_latent_synthesize needs as its workspace, for blocks up to
/// `width`.
size_t coin_latent_synthesize_workspace(uint32_t width);

/// A block of a picture to be computed.
typedef struct {
  int32_t left, top, width, height;
  int32_t picture_width, picture_height;  ///< At the octave.
} coin_latent_block;

/// Computes the samples of a block, interleaved, in the order of bytes of this machine.
///
/// - planes: one a input; their parts reach a sample further than the block to every side
///   where the picture does, and are all the same part.
/// - output: the block's first sample; `row_bytes` from a row to the next.
void coin_latent_synthesize(coin_variant variant, const coin_latent_synthesis *synthesis,
                            const coin_latent_plane *planes, const coin_latent_block *block,
                            void *output, size_t row_bytes, void *workspace);

#ifdef __cplusplus
}
#endif
#endif
