// Boxes and their order (§4.2, §4.3), and what is in those that are no tiles (§5.3).

#include <string.h>

#include "internal.h"

/// The CRC-32 of PNG, four bits at a time: the table is small, and stays in the cache.
static uint32_t checksum(const uint8_t *bytes, size_t count) {
  static const uint32_t table[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                     0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                     0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                     0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
  uint32_t crc = 0xFFFFFFFF;
  for (size_t k = 0; k < count; k++) {
    crc ^= bytes[k];
    crc = crc >> 4 ^ table[crc & 15];
    crc = crc >> 4 ^ table[crc & 15];
  }
  return ~crc;
}

int read_box(cursor *c, box *result) {
  uint32_t length, found;
  result->offset = place(c);
  if (!read_varint(c, "the length of a box", 0, INT32_MAX, &length)) return 0;
  const uint8_t *type = c->bytes + c->position;
  uint64_t type_offset = place(c);
  if (!skip(c, 4)) return 0;
  for (int k = 0; k < 4; k++) {
    uint8_t capital = type[k] & 0xDF;
    if (capital < 'A' || capital > 'Z')
      return fail(&c->error, COIN_DECODER_INVALID_FIELD, type_offset, "the type of a box");
    result->type[k] = (char)type[k];
  }
  result->type[4] = 0;
  result->start = place(c);
  result->count = length;
  if (!skip(c, length) || !read_u32(c, &found)) return 0;
  if (found != checksum(type, 4 + (size_t)length))
    return fail(&c->error, COIN_DECODER_BAD_CHECKSUM, result->offset, NULL);
  return 1;
}

static cursor payload_of(const coin_decoder *d, const box *b) {
  return (cursor){.bytes = d->bytes + b->start, .base = b->start, .count = (size_t)b->count};
}

static int read_density(cursor *c, double *density) {
  uint64_t start = place(c);
  uint32_t low, high;
  if (!read_u32(c, &low) || !read_u32(c, &high)) {
    c->error.offset = start;
    return 0;
  }
  uint64_t bits = (uint64_t)high << 32 | low;
  memcpy(density, &bits, sizeof bits);
  // Positive and finite: the sign is 0, the exponent not all ones.
  if (bits == 0 || bits >= UINT64_C(0x7FF) << 52)
    return fail(&c->error, COIN_DECODER_INVALID_FIELD, start, "the resolution");
  return 1;
}

static int parse_resolution(coin_decoder *d, const box *b, failure *error) {
  cursor c = payload_of(d, b);
  coin_decoder_resolution r = {0};
  int ok = read_byte(&c, "the unit of the resolution", 0, 2, &r.unit) &&
           read_density(&c, &r.horizontal) && read_density(&c, &r.vertical);
  if (!finish_payload(&c, b->offset, ok, error)) return 0;
  d->resolution = r;
  return 1;
}

/// Reads the index of an architecture, with which `NETS` and `TILE` begin (§6).
static int read_index(const coin_decoder *d, const box *b, tile_entry *entry, failure *error) {
  cursor c = payload_of(d, b);
  int ok = read_byte(&c, "the architecture index", 0, d->info.architecture_count - 1,
                     &entry->architecture);
  if (ok) skip(&c, c.count - c.position);
  *entry = (tile_entry){b->start + 1, b->start + b->count, ok ? entry->architecture : 0};
  return finish_payload(&c, b->offset, ok, error);
}

/// What has been seen of a stream.
typedef struct {
  uint32_t metadata;  // a bit for each type
  uint32_t networks;  // boxes
  uint32_t next_architecture;
  uint64_t first_networks, first_tile;  // offsets
  uint64_t networks_start[MAX_ARCHITECTURES], networks_offset[MAX_ARCHITECTURES];
  uint64_t networks_end[MAX_ARCHITECTURES];
} progress;

/// Takes the box of a known type of metadata.
static int take_metadata(coin_decoder *d, const box *b, int type, progress *seen,
                         failure *error) {
  uint32_t bit = 1u << type;
  if (seen->networks > 0 || d->tile_count > 0 || seen->metadata & bit)
    return fail(error, COIN_DECODER_MISPLACED_BOX, b->offset, NULL);
  seen->metadata |= bit;
  if (type == 3) return parse_resolution(d, b, error);
  d->metadata[type] = (block){b->start, b->count, 1};
  return 1;
}

static int take_networks(coin_decoder *d, const box *b, progress *seen, failure *error) {
  tile_entry entry;
  if (d->tile_count > 0) return fail(error, COIN_DECODER_MISPLACED_BOX, b->offset, NULL);
  if (!read_index(d, b, &entry, error)) return 0;
  if (entry.architecture < seen->next_architecture)
    return fail(error, COIN_DECODER_MISPLACED_BOX, b->offset, NULL);
  if (seen->networks++ == 0) seen->first_networks = b->offset;
  seen->next_architecture = entry.architecture + 1;
  seen->networks_offset[entry.architecture] = b->offset;
  seen->networks_start[entry.architecture] = entry.start;
  seen->networks_end[entry.architecture] = entry.end;
  return 1;
}

static int take_box(coin_decoder *d, const box *b, uint64_t tile_capacity, progress *seen,
                    failure *error) {
  static const char types[4][5] = {"iccp", "exif", "xmpp", "reso"};
  if (is_type(b, "TILE")) {
    tile_entry entry;
    if (!read_index(d, b, &entry, error)) return 0;
    if (d->tile_count >= tile_capacity)
      return fail(error, COIN_DECODER_SMALL_MEMORY, b->offset, NULL);
    if (d->tile_count == 0) seen->first_tile = b->offset;
    d->tiles[d->tile_count++] = entry;
    return 1;
  }
  if (is_type(b, "NETS")) return take_networks(d, b, seen, error);
  for (int type = 0; type < 4; type++)
    if (is_type(b, types[type])) return take_metadata(d, b, type, seen, error);
  if (is_type(b, "HEAD")) return fail(error, COIN_DECODER_MISPLACED_BOX, b->offset, NULL);
  if (b->type[0] < 'a') return fail(error, COIN_DECODER_UNKNOWN_BOX, b->offset, NULL);
  return 1;  // An ancillary box of a later version.
}

/// Where the box of a payload starts whose content starts at `start`: the length is before it.
static uint64_t box_offset(const tile_entry *entry) {
  uint64_t count = entry->end - entry->start + 1, bytes = 1;
  while (count >> 7 * bytes) bytes++;
  return entry->start - 1 - 4 - bytes;
}

/// Checks all tiles of SIREN (§6).
static int check_siren(coin_decoder *d, const progress *seen, failure *error) {
  if (seen->networks > 0)
    return fail(error, COIN_DECODER_MISPLACED_BOX, seen->first_networks, NULL);
  for (uint64_t k = 0; k < d->tile_count; k++) {
    siren s = siren_of(d, d->tiles[k].architecture);
    cursor c;
    int ok = parse_weights(d, &d->tiles[k], &s, NULL, &c);
    if (!finish_payload(&c, box_offset(&d->tiles[k]), ok, error)) return 0;
  }
  return 1;
}

/// Parses all networks of latents, and checks the tiles' lengths of levels (latents §3.3, §7).
static int check_latents(coin_decoder *d, const progress *seen, failure *error) {
  for (uint32_t k = 0; k < d->info.architecture_count; k++) {
    if (seen->networks_start[k] == 0)
      return fail(error, COIN_DECODER_MISPLACED_BOX, seen->first_tile, NULL);
    latents l = latents_of(d, k);
    cursor c = {.bytes = d->bytes + seen->networks_start[k],
                .base = seen->networks_start[k],
                .count = (size_t)(seen->networks_end[k] - seen->networks_start[k])};
    int ok = parse_networks(d, &l, &c, k == 0 ? &d->networks : NULL);
    if (!finish_payload(&c, seen->networks_offset[k], ok, error)) return 0;
  }
  for (uint64_t k = 0; k < d->tile_count; k++)
    if (d->tiles[k].architecture > 0)
      return fail(error, COIN_DECODER_INVALID_FIELD, d->tiles[k].start - 1,
                  "the architecture of a tile of latents");
  for (uint64_t k = 0; k < d->tile_count; k++) {
    level_lengths lengths;
    cursor c;
    int ok = parse_lengths(d, &d->tiles[k], &lengths, &c);
    if (ok) skip(&c, c.count - c.position);
    if (!finish_payload(&c, box_offset(&d->tiles[k]), ok, error)) return 0;
  }
  return 1;
}

int parse_boxes(coin_decoder *d, uint64_t start, uint64_t tile_capacity, failure *error) {
  progress seen = {0};
  uint64_t tiles = (uint64_t)d->info.tile_columns * d->info.tile_rows;
  cursor c = {.bytes = d->bytes, .count = d->count, .position = (size_t)start};
  while (d->tile_count < tiles) {
    box b;
    if (!read_box(&c, &b)) return *error = c.error, 0;
    if (!take_box(d, &b, tile_capacity, &seen, error)) return 0;
  }
  if (c.position < c.count) return fail(error, COIN_DECODER_TRAILING_BYTES, place(&c), NULL);
  if (d->info.pixels.status) return 1;
  return d->info.kind == COIN_DECODER_SIREN ? check_siren(d, &seen, error)
                                            : check_latents(d, &seen, error);
}
