// The defaults from which streams of latents differ (latents §7.3).

#include "tensors.h"

uint32_t default_set_count(void) { return default_sets_count; }

/// The structure of a set: an RGBA picture with every grid.
static latents structure_of(const default_set *set) {
  return (latents){.levels = set->levels,
                   .contexts = set->contexts,
                   .hidden = set->hidden,
                   .width = set->width,
                   .inputs = set->levels + 3,
                   .outputs = 4};
}

/// The value of a set at a row and a column of its own, which are there.
static int32_t value_at(const default_set *set, const latents *own, uint32_t tensor,
                        uint32_t row, uint32_t column) {
  const int16_t *values = set->values;
  for (uint32_t k = 0; k < tensor; k++) {
    shape s = shape_of(own, (int)k);
    values += s.rows * s.columns;
  }
  return values[row * shape_of(own, (int)tensor).columns + column];
}

/// The index that names a column in the set's structure, or UINT32_MAX.
typedef struct {
  const latents *of, *own;
} naming;

static uint32_t input_column(const naming *n, uint32_t column) {
  if (column < n->of->contexts) return column < n->own->contexts ? column : UINT32_MAX;
  return column - n->of->contexts + n->own->contexts;  // features and the flag
}

static uint32_t plane_column(const naming *n, uint32_t column) {
  uint32_t luma = n->of->levels - n->of->first[0];
  if (column < luma) {
    uint32_t level = n->of->first[0] + column;
    return level < n->own->levels ? level : UINT32_MAX;
  }
  // Cb, Cr, alpha, of which gray has only the last.
  int has_chroma = n->of->first[1] < n->of->levels;
  return column - luma + (has_chroma ? 0 : 2) + n->own->levels;
}

/// The channel of an output: 0 to 2, or 3 for alpha.
static uint32_t channel_of(const naming *n, uint32_t output) {
  int has_chroma = n->of->first[1] < n->of->levels;
  return !has_chroma && output == 1 ? 3 : output;
}

/// A column after `most` others that are named by their index.
static uint32_t after(uint32_t column, uint32_t others, uint32_t own_others,
                      uint32_t (*name)(const naming *, uint32_t), const naming *n) {
  if (column < others) return column < own_others ? column : UINT32_MAX;
  uint32_t found = name(n, column - others);
  return found == UINT32_MAX ? found : found + own_others;
}

static uint32_t own_column(const naming *n, uint32_t tensor, uint32_t column) {
  const latents *of = n->of, *own = n->own;
  switch (tensor) {
    case W1: return input_column(n, column);
    case W3: return after(column, of->hidden, own->hidden, input_column, n);
    case A1: return plane_column(n, column);
    case A2: return after(column, of->width, own->width, plane_column, n);
    case B: return channel_of(n, column / 9) * 9 + column % 9;
    default: return column;
  }
}

static uint32_t own_row(const naming *n, uint32_t tensor, uint32_t row) {
  int is_output = tensor == A2 || tensor == A2_BIAS || tensor == B || tensor == B_BIAS;
  return is_output ? channel_of(n, row) : row;
}

int32_t default_value(const latents *l, uint32_t tensor, uint32_t row, uint32_t column) {
  if (l->defaults == 0) return 0;
  const default_set *set = &default_sets[l->defaults - 1];
  latents own = structure_of(set);
  naming n = {l, &own};
  shape s = shape_of(&own, (int)tensor);
  row = own_row(&n, tensor, row);
  column = own_column(&n, tensor, column);
  return row < s.rows && column < s.columns ? value_at(set, &own, tensor, row, column) : 0;
}

int32_t coin_decoder_default(uint32_t set, uint32_t tensor, uint32_t row, uint32_t column) {
  if (set < 1 || set > default_sets_count || tensor >= TENSORS) return 0;
  latents own = structure_of(&default_sets[set - 1]);
  shape s = shape_of(&own, (int)tensor);
  if (row >= s.rows || column >= s.columns) return 0;
  return value_at(&default_sets[set - 1], &own, tensor, row, column);
}
