// The signature and the header (§4.1, §5).

#include "internal.h"

static const uint8_t signature[8] = {0xC1, 'C', 'O', 'I', 'N', '\r', '\n', '\n'};

static int check_signature(const coin_decoder *d, failure *error) {
  size_t count = (size_t)least(d->count, sizeof signature), same = 0;
  while (same < count && d->bytes[same] == signature[same]) same++;
  if (same == sizeof signature) return 1;
  if (same == count) return fail(error, COIN_DECODER_TRUNCATED, 0, NULL);
  int is_similar = count >= 5;
  for (size_t k = 1; k < 5 && is_similar; k++) is_similar = d->bytes[k] == signature[k];
  return fail(error, is_similar ? COIN_DECODER_TEXT_MODE_DAMAGE : COIN_DECODER_BAD_SIGNATURE, 0,
              NULL);
}

static int parse_grid(coin_decoder *d, cursor *c) {
  uint64_t start = place(c);
  coin_decoder_info *info = &d->info;
  if (!read_varint(c, "the number of tile columns", 0, INT32_MAX, &info->tile_columns) ||
      !read_varint(c, "the number of tile rows", 0, INT32_MAX, &info->tile_rows) ||
      !read_varint(c, "the overlap", 0, INT32_MAX, &info->overlap) ||
      !read_byte(c, "the tile alignment", 0, 12, &info->alignment))
    return 0;
  d->horizontal = (axis){info->width, info->tile_columns, info->overlap, info->alignment};
  d->vertical = (axis){info->height, info->tile_rows, info->overlap, info->alignment};
  if (info->overlap > MAX_COUNT || !axis_is_valid(&d->horizontal) ||
      !axis_is_valid(&d->vertical))
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, "the tile grid");
  return 1;
}

static int parse_fields(coin_decoder *d, cursor *c) {
  uint64_t start = place(c);
  coin_decoder_info *info = &d->info;
  uint32_t version;
  if (!read_u8(c, &version)) return 0;
  if (version != 1) return fail(&c->error, COIN_DECODER_UNSUPPORTED_VERSION, start, NULL);
  if (!read_byte(c, "the number of channels", 1, 4, &info->channels) ||
      !read_byte(c, "the bit depth", 8, 16, &info->bit_depth))
    return 0;
  if (info->bit_depth != 8 && info->bit_depth != 16)
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start + 2, "the bit depth");
  return read_byte(c, "the orientation", 1, 8, &info->orientation) &&
         read_u8(c, &info->primaries) && read_u8(c, &info->transfer) &&
         read_varint(c, "the width", 1, MAX_DIMENSION, &info->width) &&
         read_varint(c, "the height", 1, MAX_DIMENSION, &info->height) && parse_grid(d, c) &&
         read_byte(c, "the number of architectures", 1, 255, &info->architecture_count);
}

/// What a descriptor is, before its body is looked at.
typedef struct {
  uint64_t offset, start;
  uint32_t kind, count;
} descriptor;

static int read_descriptor(cursor *c, descriptor *result) {
  result->offset = place(c);
  if (!read_u8(c, &result->kind) ||
      !read_varint(c, "the length of a descriptor", 0, INT32_MAX, &result->count))
    return 0;
  result->start = place(c);
  return skip(c, result->count);
}

static cursor body_of(const coin_decoder *d, uint64_t start, uint64_t count) {
  return (cursor){.bytes = d->bytes + start, .base = start, .count = (size_t)count};
}

siren siren_of(const coin_decoder *d, uint32_t architecture) {
  uint64_t start = d->bodies[architecture];
  cursor c = body_of(d, start, d->count - start);
  siren result;
  parse_siren(&c, d->info.channels, &result);
  return result;
}

latents latents_of(const coin_decoder *d, uint32_t architecture) {
  uint64_t start = d->bodies[architecture];
  cursor c = body_of(d, start, d->count - start);
  latents result;
  parse_latents(&c, d->info.channels, &result);
  return result;
}

/// Accepts a grid whose tiles consist of whole latents at every level (latents §2).
static int check_grid(const coin_decoder *d, const latents *l, uint64_t offset,
                      failure *error) {
  if (d->info.overlap > 0)
    return fail(error, COIN_DECODER_INVALID_FIELD, offset, "the overlap of tiles of latents");
  if (d->info.alignment < l->levels - 1)
    return fail(error, COIN_DECODER_INVALID_FIELD, offset, "the tile alignment");
  return 1;
}

/// Parses the body of a descriptor of the first one's kind.
static int parse_body(coin_decoder *d, const descriptor *of, uint32_t index, failure *error) {
  cursor c = body_of(d, of->start, of->count);
  siren s;
  latents l;
  int ok = of->kind == COIN_DECODER_SIREN ? parse_siren(&c, d->info.channels, &s)
                                          : parse_latents(&c, d->info.channels, &l);
  // The header goes on where a body ends early; it is the body that is too short.
  if (ok ? c.position < c.count : c.error.status == COIN_DECODER_TRUNCATED)
    return fail(error, COIN_DECODER_INVALID_FIELD, of->offset + 1,
                "the length of a descriptor");
  if (!ok) {
    *error = c.error;
    return 0;
  }
  if (of->kind == COIN_DECODER_LATENTS) {
    if (index == 0) d->latents = l;
    return check_grid(d, &l, of->offset, error);
  }
  d->parameter_count = most(d->parameter_count, coin_network_parameter_count(&s.shape));
  d->workspace_floats = most(d->workspace_floats, coin_network_evaluate_workspace(&s.shape));
  return 1;
}

/// Parses all descriptors, which start at `start` of a sound `HEAD` (§5.2).
static int parse_descriptors(coin_decoder *d, uint64_t start, failure *error) {
  coin_decoder_info *info = &d->info;
  cursor c = body_of(d, start, d->count - start);
  descriptor next = {0}, other = {0};
  for (uint32_t k = 0; k < info->architecture_count; k++) {
    read_descriptor(&c, &next);
    d->bodies[k] = next.start;
    if (k == 0) info->kind = next.kind;
    if (next.kind != COIN_DECODER_SIREN && next.kind != COIN_DECODER_LATENTS)
      return fail(error, COIN_DECODER_UNSUPPORTED_ARCHITECTURE, next.offset, NULL);
    if (next.kind != info->kind && other.offset == 0) other = next;
  }
  if (other.offset > 0)
    return fail(error, COIN_DECODER_INVALID_FIELD, other.offset, "the kind of an architecture");
  c.position = 0;
  for (uint32_t k = 0; k < info->architecture_count; k++) {
    read_descriptor(&c, &next);
    if (!parse_body(d, &next, k, error)) return 0;
  }
  return 1;
}

/// Fills in what follows from the header.
static void derive(coin_decoder *d) {
  coin_decoder_info *info = &d->info;
  info->octave_count = 1;
  if (info->pixels.status) return;
  if (info->kind == COIN_DECODER_LATENTS) {
    info->octave_count = d->latents.levels;
    info->multiply_adds = latents_cost(d);
  } else {
    while (most(info->width, info->height) > UINT64_C(1) << (info->octave_count - 1))
      info->octave_count++;
    info->multiply_adds = siren_cost(d);
  }
}

int parse_head(coin_decoder *d, uint64_t *end, failure *error) {
  if (!check_signature(d, error)) return 0;
  cursor c = {.bytes = d->bytes, .count = d->count, .position = sizeof signature};
  box head;
  if (!read_box(&c, &head)) {
    *error = c.error;
    return 0;
  }
  if (!is_type(&head, "HEAD"))
    return fail(error, COIN_DECODER_MISPLACED_BOX, head.offset, NULL);
  cursor fields = body_of(d, head.start, head.count);
  descriptor each;
  int ok = parse_fields(d, &fields);
  uint64_t descriptors = place(&fields);
  for (uint32_t k = 0; ok && k < d->info.architecture_count; k++)
    ok = read_descriptor(&fields, &each);
  if (!finish_payload(&fields, head.offset, ok, error)) return 0;
  *end = place(&c);
  failure found = {0};
  if (!parse_descriptors(d, descriptors, &found)) {
    // Without its networks a stream can still be listed.
    if (found.status != COIN_DECODER_UNSUPPORTED_ARCHITECTURE &&
        found.status != COIN_DECODER_UNSUPPORTED_DEFAULTS)
      return *error = found, 0;
    d->info.pixels = found;
  }
  derive(d);
  return 1;
}
