#ifndef COIN_DECODER_INTERNAL_H
#define COIN_DECODER_INTERNAL_H

// What the sources of the decoder share. Functions that can fail return whether they did not,
// and leave the error with the cursor or in `*error`.

#include "coin_decoder.h"
#include "coin_kernels.h"
#include "coin_latents.h"

typedef coin_decoder_error failure;

enum { MAX_DIMENSION = 0xFFFFFF, MAX_ARCHITECTURES = 255, MAX_COUNT = 0xFFFF };

static inline int fail(failure *error, coin_decoder_status status, uint64_t offset,
                       const char *what) {
  *error = (failure){status, offset, what};
  return 0;
}

static inline uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }
static inline int64_t least_signed(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most_signed(int64_t a, int64_t b) { return a > b ? a : b; }

/// length / 2^level, rounded up.
static inline uint32_t scaled(uint32_t length, uint32_t level) {
  return (uint32_t)(((uint64_t)length + (UINT64_C(1) << level) - 1) >> level);
}

/// Bounds-checked reading; bytes after `count` do not exist.
typedef struct {
  const uint8_t *bytes;
  uint64_t base;  // the offset of bytes[0] in the stream
  size_t count, position;
  failure error;
} cursor;

static inline uint64_t place(const cursor *c) { return c->base + c->position; }

int skip(cursor *c, size_t count);
int read_u8(cursor *c, uint32_t *value);
int read_u16(cursor *c, uint32_t *value);
int read_u32(cursor *c, uint32_t *value);
int read_byte(cursor *c, const char *field, uint32_t lowest, uint32_t highest, uint32_t *value);
int read_varint(cursor *c, const char *field, uint32_t lowest, uint32_t highest,
                uint32_t *value);

/// One axis of the grid of tiles (§5.1).
typedef struct {
  uint32_t length, count, overlap, alignment;
} axis;

int axis_is_valid(const axis *a);
uint32_t axis_boundary(const axis *a, uint32_t index);
/// The tile that covers a pixel.
uint32_t axis_tile(const axis *a, uint32_t pixel);

/// Half-open.
typedef struct {
  uint32_t first, end;
} range;

/// A tile of SIREN on an axis that is sampled `count` times (§7.2).
typedef struct {
  const axis *tiles;
  uint32_t count;
} sample_axis;

float sample_coordinate(const sample_axis *a, uint32_t index, uint32_t tile, uint32_t scale);
float sample_weight(const sample_axis *a, uint32_t index, uint32_t tile);
/// The samples among `within` at which a tile is evaluated.
range tile_samples(const sample_axis *a, uint32_t tile, range within);
/// The tiles that may have any of the samples.
range tiles_of_samples(const sample_axis *a, range samples);

/// A descriptor of kind 1 (§5.2).
typedef struct {
  coin_network shape;
  float first_scale, hidden_scale;
} siren;

/// A descriptor of kind 2 (latents §2). Groups: luma, Cb, Cr, alpha.
typedef struct {
  uint32_t defaults, levels, contexts, hidden, width, states;
  uint32_t first[4];  // the finest level of each group; `levels` where it has no grids
  uint32_t inputs, outputs;
} latents;

static inline int has_grid(const latents *l, uint32_t group, uint32_t level) {
  return level >= l->first[group] && level < l->levels;
}

/// The finest level with a grid.
static inline uint32_t finest_level(const latents *l) {
  uint32_t finest = l->first[0];
  for (int g = 1; g < 4; g++)
    if (l->first[g] < finest) finest = l->first[g];
  return finest;
}

/// What `NETS` says, packed for the kernels.
typedef struct {
  coin_latent_network entropy;
  coin_latent_synthesis synthesis;
  int32_t taps[3][COIN_LATENT_MAX_LEVELS][4];  // of luma, chroma, alpha, by stage
} networks;

/// Where the content of a tile lies, after the architecture's index.
typedef struct {
  uint64_t start, end;
  uint32_t architecture;
} tile_entry;

typedef struct {
  uint64_t start, count;
  int is_there;
} block;

struct coin_decoder {
  const uint8_t *bytes;
  size_t count;
  coin_decoder_info info;
  axis horizontal, vertical;
  uint64_t bodies[MAX_ARCHITECTURES];  // where the descriptors' bodies start
  block metadata[3];
  coin_decoder_resolution resolution;
  tile_entry *tiles;
  uint64_t tile_count;
  uint64_t parameter_count;  // of SIREN, of the largest descriptor
  uint64_t workspace_floats;
  latents latents;
  networks networks;
  coin_latent_tables *tables;
};

/// Parses the signature and the payload of `HEAD`; fills in all but the boxes. `*end` is where
/// the first box ends.
int parse_head(coin_decoder *d, uint64_t *end, failure *error);
/// Parses all other boxes.
int parse_boxes(coin_decoder *d, uint64_t start, uint64_t tile_capacity, failure *error);

int parse_siren(cursor *c, uint32_t channels, siren *result);
int parse_latents(cursor *c, uint32_t channels, latents *result);
/// The descriptor of a tile, which has been parsed before.
siren siren_of(const coin_decoder *d, uint32_t architecture);
latents latents_of(const coin_decoder *d, uint32_t architecture);

/// Multiply-adds of the whole picture; saturates.
uint64_t siren_cost(const coin_decoder *d);
uint64_t latents_cost(const coin_decoder *d);

/// Checks the tensors of a tile of SIREN and, where `parameters` is not NULL, scales them
/// (§7.1).
int parse_weights(const coin_decoder *d, const tile_entry *tile, const siren *s,
                  float *parameters, cursor *c);
/// How many sets of defaults there are; set 0 is not counted.
uint32_t default_set_count(void);
/// The default of a value (latents §7.3).
int32_t default_value(const latents *l, uint32_t tensor, uint32_t row, uint32_t column);

/// Parses a `NETS` after the index (latents §7); into `*result` if it is not NULL.
int parse_networks(const coin_decoder *d, const latents *l, cursor *c, networks *result);

/// The bytes of a tile's levels (latents §3.3), coarse to fine.
typedef struct {
  uint64_t start;  // in the stream
  uint64_t count;
  uint64_t ends[COIN_LATENT_MAX_LEVELS];
} level_lengths;

int parse_lengths(const coin_decoder *d, const tile_entry *tile, level_lengths *lengths,
                  cursor *c);

/// A box: what parse_boxes has at hand.
typedef struct {
  char type[5];
  uint64_t offset, start, count;
} box;

/// Reads a box and checks its checksum (§4.2).
int read_box(cursor *c, box *result);

static inline int is_type(const box *b, const char *type) {
  for (int k = 0; k < 4; k++)
    if (b->type[k] != type[k]) return 0;
  return 1;
}

/// Turns what went wrong in a payload, or bytes left, into an error of the box.
int finish_payload(cursor *c, uint64_t box_offset, int ok, failure *error);

/// Hands out parts of memory; goes on counting where there is none or too little.
typedef struct {
  uint8_t *memory;
  uint64_t size, used;
} arena;

static inline void *take(arena *a, uint64_t bytes) {
  uint64_t start = (a->used + 15) & ~UINT64_C(15);
  a->used = start + bytes;
  return a->memory && a->used <= a->size ? a->memory + start : NULL;
}

/// Sides of the blocks in which pictures are computed: their planes stay in a core's cache.
enum { BLOCK_WIDTH = 256, BLOCK_HEIGHT = 64 };

typedef struct tile_state tile_state;

struct coin_decoder_window {
  const coin_decoder *decoder;
  coin_decoder_region region;
  coin_variant variant;
  uint8_t *samples;  // of a block
  // SIREN
  float *parameters, *transposed, *x, *y, *weights, *part, *row, *all, *workspace;
  // latents
  uint32_t octave;
  range columns, rows;  // of tiles
  tile_state *tiles;
  int16_t *planes, *line;
  void *strip, *synthesis_memory;
};

/// A rectangle of samples of a level.
typedef struct {
  range columns, rows;
} rectangle;

/// The octave whose size a region has, or -1.
int region_octave(const coin_decoder_info *info, const coin_decoder_region *region);

int latents_window(const coin_decoder *d, const coin_decoder_region *region, arena *a,
                   coin_decoder_window *window);
void siren_window(const coin_decoder *d, arena *a, coin_decoder_window *window);

/// Reads what the rectangle needs of the latents.
int read_latents(coin_decoder_window *w, const rectangle *r, uint32_t octave,
                 coin_decoder_progress progress, void *user, uint64_t total, failure *error);
/// Where a tile's latents are; NULL if it has none at the level or they are not read.
coin_latent_grid tile_grid(const coin_decoder_window *w, uint32_t column, uint32_t row,
                           uint32_t group, uint32_t level);
/// Parts of the levels from which a rectangle is made; index 0 is that of the octave.
void level_parts(const coin_decoder_info *info, uint32_t levels, uint32_t octave, rectangle r,
                 rectangle parts[COIN_LATENT_MAX_LEVELS]);
/// The tiles that have a part in a rectangle of a level.
rectangle tiles_in(const coin_decoder *d, rectangle part, uint32_t level);

/// Compute a block into `w->samples`.
void latents_block(coin_decoder_window *w, const rectangle *r, uint32_t octave);
void siren_block(coin_decoder_window *w, const rectangle *r, uint32_t picture_width,
                 uint32_t picture_height);

#endif
