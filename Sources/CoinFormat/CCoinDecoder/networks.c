// The networks of latents (latents §7): the numbers that all tiles share.

#include "tensors.h"

enum { MAX_VALUES = 3366, MAX_PRECISION = 12, SCALE_UNIT = 4, MAX_ROW = 49151 };

shape shape_of(const latents *l, int tensor) {
  uint32_t inputs = l->contexts + COIN_LATENT_FEATURES, stages = l->levels - 1;
  switch (tensor) {
    case W1: return (shape){l->hidden, inputs};
    case B1:
    case B2: return (shape){l->hidden, 1};
    case W2: return (shape){l->hidden, l->hidden};
    case W3: return (shape){2, l->hidden + inputs};
    case B3: return (shape){2, 1};
    case TAPS_Y: return (shape){stages, 4};
    case TAPS_C: return (shape){l->first[1] < l->levels ? stages : 0, 4};
    case TAPS_A: return (shape){l->first[3] < l->levels ? stages : 0, 4};
    case A1: return (shape){l->width, l->inputs};
    case A1_BIAS: return (shape){l->width, 1};
    case A2: return (shape){l->outputs, l->width + l->inputs};
    case B: return (shape){l->outputs, 9 * l->outputs};
    default: return (shape){l->outputs, 1};
  }
}

static int is_bias(int tensor) {
  return tensor == B1 || tensor == B2 || tensor == B3 || tensor == A1_BIAS ||
         tensor == A2_BIAS || tensor == B_BIAS;
}

/// Gives an error of the coder, whose stream starts at `base`, its place.
static int coder_error(cursor *c, coin_latent_status status, uint64_t offset) {
  if (status == COIN_LATENT_TRUNCATED)
    return fail(&c->error, COIN_DECODER_TRUNCATED, offset, NULL);
  return fail(&c->error, COIN_DECODER_INVALID_FIELD, offset, "a state of the coder");
}

/// Reads one tensor; the bounds keep the sums of decoding within 32 bits.
static int read_tensor(const coin_decoder *d, const latents *l, cursor *c, uint64_t base,
                       coin_latent_reader *coder, int tensor, int32_t *values) {
  uint64_t start = base + coder->position;
  shape s = shape_of(l, tensor);
  uint32_t precision, scale, bits = tensor == B_BIAS ? 19 : is_bias(tensor) ? 18 : 12;
  coin_latent_status status = coin_latent_read_uniform(coder, 4, &precision);
  if (status) return coder_error(c, status, base + coder->position);
  if (precision > MAX_PRECISION)
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, "the precision of a tensor");
  status = coin_latent_read_uniform(coder, 5, &scale);
  int64_t largest = is_bias(tensor) ? 1 << 29 : 32767;
  int64_t largest_row = tensor == B ? MAX_ROW - 4096 : is_bias(tensor) ? largest : MAX_ROW;
  int value_fits = 1, rows_fit = 1;
  for (uint32_t row = 0; row < s.rows && !status; row++) {
    int64_t sum = 0;
    for (uint32_t column = 0; column < s.columns && !status; column++) {
      int32_t difference = 0;
      status = coin_latent_read(coder, d->tables, SCALE_UNIT * scale, &difference);
      int64_t value =
          (int64_t)default_value(l, (uint32_t)tensor, row, column) * (1 << (bits - 12)) +
          (int64_t)difference * (1 << (bits - precision));
      int64_t magnitude = value < 0 ? -value : value;
      value_fits &= magnitude <= largest;
      sum += magnitude;
      values[row * s.columns + column] = (int32_t)value;
    }
    rows_fit &= sum <= largest_row;
  }
  uint64_t end = base + coder->position;
  if (status) return coder_error(c, status, end);
  if (!value_fits) return fail(&c->error, COIN_DECODER_INVALID_FIELD, end, "a parameter");
  if (!rows_fit) return fail(&c->error, COIN_DECODER_INVALID_FIELD, end, "the sum of a row");
  return 1;
}

/// The values of all tensors.
typedef struct {
  int32_t values[MAX_VALUES];
  uint32_t start[TENSORS];
} tensors;

static int read_tensors(const coin_decoder *d, const latents *l, cursor *c, tensors *t) {
  uint64_t base = place(c);
  size_t count = c->count - c->position;
  coin_latent_reader coder;
  coin_latent_status status =
      coin_latent_reader_begin(&coder, c->bytes + c->position, count, 1);
  if (status) return coder_error(c, status, base + coder.position);
  uint32_t next = 0;
  for (int tensor = 0; tensor < TENSORS; tensor++) {
    shape s = shape_of(l, tensor);
    t->start[tensor] = next;
    if (s.rows == 0) continue;
    if (!read_tensor(d, l, c, base, &coder, tensor, t->values + next)) return 0;
    next += s.rows * s.columns;
  }
  status = coin_latent_reader_end(&coder);
  if (status) return coder_error(c, status, base + coder.position);
  if (coder.position < count)
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, base + coder.position,
                "the length of the networks");
  return skip(c, count);
}

static void pack(const coin_decoder *d, const latents *l, const tensors *t, networks *result) {
  const int32_t *v[TENSORS];
  for (int tensor = 0; tensor < TENSORS; tensor++) v[tensor] = t->values + t->start[tensor];
  coin_latent_network_pack(&result->entropy, l->contexts, l->hidden, v[W1], v[B1], v[W2], v[B2],
                           v[W3], v[B3]);
  coin_latent_synthesis *synthesis = &result->synthesis;
  synthesis->planes = l->inputs;
  synthesis->width = l->width;
  synthesis->outputs = l->outputs;
  synthesis->channels = d->info.channels;
  synthesis->is_16_bit = d->info.bit_depth == 16;
  coin_latent_synthesis_pack(synthesis, v[A1], v[A1_BIAS], v[A2], v[A2_BIAS], v[B], v[B_BIAS]);
  for (int group = 0; group < 3; group++) {
    shape s = shape_of(l, TAPS_Y + group);
    for (uint32_t k = 0; k < s.rows * s.columns; k++)
      result->taps[group][k / 4][k % 4] = v[TAPS_Y + group][k];
  }
}

int parse_networks(const coin_decoder *d, const latents *l, cursor *c, networks *result) {
  uint64_t start = place(c);
  uint32_t gain, base;
  tensors t;
  if (!read_u16(c, &gain)) return 0;
  if (gain < 1 || gain > 32767)
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, "the gain");
  if (result) result->synthesis.gain = (int32_t)gain;
  for (uint32_t k = 0; k < l->outputs; k++) {
    if (!read_u16(c, &base)) return 0;
    if (result) result->synthesis.bases[k] = (int32_t)base;
  }
  if (!read_tensors(d, l, c, &t)) return 0;
  if (result) pack(d, l, &t, result);
  return 1;
}
