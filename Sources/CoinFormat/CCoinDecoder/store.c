// The latents of the tiles that a window needs, read level by level (latents §3).

#include "internal.h"

struct tile_state {
  coin_latent_reader reader;
  int16_t *grids;  // of all levels down to `floor`, coarse to fine, groups in their order
  level_lengths lengths;
  uint32_t level;  // the finest that has been read; the number of levels before the first
  uint32_t floor;  // the finest that there is memory for
};

int parse_lengths(const coin_decoder *d, const tile_entry *tile, level_lengths *lengths,
                  cursor *c) {
  const latents *l = &d->latents;
  uint32_t levels = l->levels - finest_level(l);
  uint64_t end = 0;
  *c = (cursor){.bytes = d->bytes + tile->start,
                .base = tile->start,
                .count = (size_t)(tile->end - tile->start)};
  for (uint32_t k = 0; k + 1 < levels; k++) {
    uint32_t length;
    if (!read_varint(c, "the length of a level", 0, INT32_MAX, &length)) return 0;
    lengths->ends[k] = end += length;
  }
  lengths->start = place(c);
  lengths->count = c->count - c->position;
  lengths->ends[levels - 1] = lengths->count;
  if (end > lengths->count) return fail(&c->error, COIN_DECODER_TRUNCATED, place(c), NULL);
  return 1;
}

/// A tile's part of a level's grids.
static rectangle tile_part(const coin_decoder *d, uint32_t column, uint32_t row,
                           uint32_t level) {
  return (rectangle){{axis_boundary(&d->horizontal, column) >> level,
                      scaled(axis_boundary(&d->horizontal, column + 1), level)},
                     {axis_boundary(&d->vertical, row) >> level,
                      scaled(axis_boundary(&d->vertical, row + 1), level)}};
}

static uint64_t area(const rectangle *r) {
  return (uint64_t)(r->columns.end - r->columns.first) * (r->rows.end - r->rows.first);
}

rectangle tiles_in(const coin_decoder *d, rectangle part, uint32_t level) {
  uint32_t right = (part.columns.end - 1) << level, bottom = (part.rows.end - 1) << level;
  return (rectangle){
      {axis_tile(&d->horizontal, part.columns.first << level),
       axis_tile(&d->horizontal, right) + 1},
      {axis_tile(&d->vertical, part.rows.first << level), axis_tile(&d->vertical, bottom) + 1}};
}

static range halved(range r) { return (range){r.first >> 1, ((r.end - 1) >> 1) + 1}; }

static range widened(range r, uint32_t margin, uint32_t length) {
  uint32_t first = r.first > margin ? r.first - margin : 0;
  return (range){first, (uint32_t)least(r.end + margin, length)};
}

void level_parts(const coin_decoder_info *info, uint32_t levels, uint32_t octave, rectangle r,
                 rectangle parts[COIN_LATENT_MAX_LEVELS]) {
  uint32_t margin = 1;
  for (uint32_t level = octave; level < levels; level++) {
    r.columns = widened(r.columns, margin, scaled(info->width, level));
    r.rows = widened(r.rows, margin, scaled(info->height, level));
    r.columns.first &= ~UINT32_C(1);  // as the upsampling wants it
    parts[level - octave] = r;
    r = (rectangle){halved(r.columns), halved(r.rows)};
    margin = 2;
  }
}

static int contains(rectangle r, uint32_t column, uint32_t row) {
  return column >= r.columns.first && column < r.columns.end && row >= r.rows.first &&
         row < r.rows.end;
}

/// Tiles of which something is needed, and of each level those that have it.
typedef struct {
  rectangle all, tiles[COIN_LATENT_MAX_LEVELS];
} needed_tiles;

static needed_tiles find_tiles(const coin_decoder *d, rectangle r, uint32_t octave) {
  rectangle parts[COIN_LATENT_MAX_LEVELS];
  needed_tiles needed = {0};
  uint32_t levels = d->latents.levels;
  level_parts(&d->info, levels, octave, r, parts);
  for (uint32_t level = octave; level < levels; level++) {
    rectangle t = tiles_in(d, parts[level - octave], level);
    needed.tiles[level] = t;
    if (level == octave) needed.all = t;
    // The coarser a level, the farther it reaches.
    needed.all.columns.first = (uint32_t)least(needed.all.columns.first, t.columns.first);
    needed.all.columns.end = (uint32_t)most(needed.all.columns.end, t.columns.end);
    needed.all.rows.first = (uint32_t)least(needed.all.rows.first, t.rows.first);
    needed.all.rows.end = (uint32_t)most(needed.all.rows.end, t.rows.end);
  }
  return needed;
}

/// The finest level of a tile that is needed; the number of levels if none is.
static uint32_t floor_of(const needed_tiles *needed, uint32_t levels, uint32_t octave,
                         uint32_t column, uint32_t row) {
  uint32_t level = octave;
  while (level < levels && !contains(needed->tiles[level], column, row)) level++;
  return level;
}

/// The latents of a tile down to a level.
static uint64_t latent_count(const coin_decoder *d, uint32_t column, uint32_t row,
                             uint32_t floor) {
  uint64_t count = 0;
  for (uint32_t level = floor; level < d->latents.levels; level++) {
    rectangle part = tile_part(d, column, row, level);
    for (uint32_t g = 0; g < 4; g++)
      if (has_grid(&d->latents, g, level)) count += area(&part);
  }
  return count;
}

static tile_state *state_of(const coin_decoder_window *w, uint32_t column, uint32_t row) {
  size_t width = w->columns.end - w->columns.first;
  return &w->tiles[(row - w->rows.first) * width + (column - w->columns.first)];
}

static rectangle rectangle_of(const coin_decoder_region *r) {
  return (rectangle){{r->x, r->x + r->width}, {r->y, r->y + r->height}};
}

/// Hands out memory for the tiles; `w` is NULL if it is only counted.
static void take_tiles(const coin_decoder *d, const coin_decoder_region *region,
                       uint32_t octave, arena *a, coin_decoder_window *w) {
  uint32_t levels = d->latents.levels;
  needed_tiles needed = find_tiles(d, rectangle_of(region), octave);
  range columns = needed.all.columns, rows = needed.all.rows;
  uint64_t count = (uint64_t)(columns.end - columns.first) * (rows.end - rows.first);
  tile_state *tiles = take(a, count * sizeof(tile_state));
  if (w) {
    w->tiles = tiles;
    w->columns = columns;
    w->rows = rows;
  }
  for (uint32_t row = rows.first; row < rows.end; row++)
    for (uint32_t column = columns.first; column < columns.end; column++) {
      uint32_t floor = floor_of(&needed, levels, octave, column, row);
      int16_t *grids = take(a, 2 * latent_count(d, column, row, floor));
      if (w && tiles)
        *state_of(w, column, row) =
            (tile_state){.grids = grids, .level = levels, .floor = floor};
    }
}

int latents_window(const coin_decoder *d, const coin_decoder_region *region, arena *a,
                   coin_decoder_window *window) {
  int octave = region_octave(&d->info, region);
  if (octave < 0) return 0;
  uint64_t stride = BLOCK_WIDTH + 4 + COIN_LATENT_PAD, plane = stride * (BLOCK_HEIGHT + 4);
  uint32_t width = 0;
  for (uint32_t c = 0; c < d->info.tile_columns; c++) {
    rectangle part = tile_part(d, c, 0, (uint32_t)octave);
    width = (uint32_t)most(width, part.columns.end - part.columns.first);
  }
  coin_decoder_window ignored, *w = window ? window : &ignored;
  w->octave = (uint32_t)octave;
  w->planes = take(a, 2 * plane * (d->latents.inputs + 2));
  w->line = take(a, 2 * (BLOCK_WIDTH + 4 + 2 * COIN_LATENT_PAD));
  w->synthesis_memory = take(a, coin_latent_synthesize_workspace(BLOCK_WIDTH));
  w->strip = take(a, coin_latent_workspace(width));
  take_tiles(d, region, (uint32_t)octave, a, window);
  return 1;
}

coin_latent_grid tile_grid(const coin_decoder_window *w, uint32_t column, uint32_t row,
                           uint32_t group, uint32_t level) {
  const coin_decoder *d = w->decoder;
  const latents *l = &d->latents;
  coin_latent_grid grid = {0};
  if (level >= l->levels || !has_grid(l, group, level)) return grid;
  const tile_state *tile = state_of(w, column, row);
  if (level < tile->floor) return grid;
  int16_t *values = tile->grids;
  for (uint32_t k = l->levels; k-- > level;) {
    rectangle part = tile_part(d, column, row, k);
    for (uint32_t g = 0; g < 4 && (k > level || g < group); g++)
      if (has_grid(l, g, k)) values += area(&part);
  }
  rectangle part = tile_part(d, column, row, level);
  grid.values = values;
  grid.width = grid.stride = part.columns.end - part.columns.first;
  grid.height = part.rows.end - part.rows.first;
  return grid;
}

/// Gives an error of the coder its place.
static int coder_error(const tile_state *tile, coin_latent_status status, failure *error) {
  uint64_t offset = tile->lengths.start + tile->reader.position;
  if (status == COIN_LATENT_TRUNCATED) return fail(error, COIN_DECODER_TRUNCATED, offset, NULL);
  return fail(error, COIN_DECODER_INVALID_FIELD, offset,
              status == COIN_LATENT_OUT_OF_RANGE ? "a latent" : "a state of the coder");
}

/// Reads the grids of a tile's next finer level, and checks where it ends.
static int read_level(coin_decoder_window *w, uint32_t column, uint32_t row, failure *error) {
  const coin_decoder *d = w->decoder;
  const latents *l = &d->latents;
  tile_state *tile = state_of(w, column, row);
  uint32_t level = tile->level - 1;
  coin_latent_status status = COIN_LATENT_OK;
  for (uint32_t g = 0; g < 4 && !status; g++) {
    if (!has_grid(l, g, level)) continue;
    uint32_t near_group = g == 2 ? 1 : 0, near_level = g == 0 ? level + 1 : level;
    coin_latent_contexts contexts = {
        .own = tile_grid(w, column, row, g, level),
        .near = tile_grid(w, column, row, near_group, near_level),
        .far = tile_grid(w, column, row, g, g == 0 ? level + 2 : level + 1),
        .is_luma = g == 0};
    status = coin_latent_decode(w->variant, &d->networks.entropy, d->tables, &contexts,
                                &tile->reader, w->strip);
  }
  if (status) return coder_error(tile, status, error);
  if (tile->reader.position != tile->lengths.ends[l->levels - 1 - level])
    return fail(error, COIN_DECODER_INVALID_FIELD, tile->lengths.start + tile->reader.position,
                "the end of a level");
  if (level == finest_level(l)) status = coin_latent_reader_end(&tile->reader);
  if (status) return coder_error(tile, status, error);
  tile->level = level;
  return 1;
}

/// Starts to read a tile.
static int begin_tile(coin_decoder_window *w, uint32_t column, uint32_t row, failure *error) {
  const coin_decoder *d = w->decoder;
  tile_state *tile = state_of(w, column, row);
  cursor c;
  parse_lengths(d, &d->tiles[(uint64_t)row * d->info.tile_columns + column], &tile->lengths,
                &c);
  coin_latent_status status =
      coin_latent_reader_begin(&tile->reader, d->bytes + tile->lengths.start,
                               (size_t)tile->lengths.count, d->latents.states);
  return status ? coder_error(tile, status, error) : 1;
}

int read_latents(coin_decoder_window *w, const rectangle *r, uint32_t octave,
                 coin_decoder_progress progress, void *user, uint64_t total, failure *error) {
  const latents *l = &w->decoder->latents;
  needed_tiles needed = find_tiles(w->decoder, *r, octave);
  for (uint32_t row = needed.all.rows.first; row < needed.all.rows.end; row++)
    for (uint32_t column = needed.all.columns.first; column < needed.all.columns.end;
         column++) {
      uint32_t floor = floor_of(&needed, l->levels, octave, column, row);
      if (floor == l->levels) continue;
      tile_state *tile = state_of(w, column, row);
      floor = (uint32_t)most(floor, finest_level(l));
      if (tile->level == l->levels && !begin_tile(w, column, row, error)) return 0;
      while (tile->level > floor) {
        if (progress && progress(user, 0, total))
          return fail(error, COIN_DECODER_CANCELLED, 0, NULL);
        if (!read_level(w, column, row, error)) return 0;
      }
    }
  return 1;
}
