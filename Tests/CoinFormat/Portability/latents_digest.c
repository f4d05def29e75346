// Prints a digest of what each variant of the latents' kernels computes, for networks, grids and
// planes drawn from a seed. All lines of all machines must be the same but for the first word.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coin_latents.h"

enum { ROUNDS = 60, PAD = COIN_LATENT_PAD };

static uint64_t state, hash;

static uint64_t draw(void) {  // SplitMix64
  uint64_t z = (state += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static int32_t draw_in(int32_t bound) { return (int32_t)(draw() % (2 * bound + 1)) - bound; }

static void *memory(size_t size) {
  void *bytes = calloc(size + 64, 1);
  if (!bytes) abort();
  return bytes;
}

static void digest(const void *bytes, size_t count) {  // FNV-1a
  for (size_t k = 0; k < count; k++) hash = (hash ^ ((const uint8_t *)bytes)[k]) * 0x100000001B3;
}

/// Rows of weights as large as they may be, or small ones; biases with 1 column.
static int32_t *draw_tensor(size_t rows, size_t columns, int32_t row_limit) {
  int32_t *values = memory(rows * columns * sizeof *values);
  int32_t bound = columns == 1 ? 1 << 20 : row_limit / (int32_t)columns;
  if (draw() % 2) bound = bound / 4 + 1;
  if (columns > 1 && bound > 32767) bound = 32767;
  for (size_t k = 0; k < rows * columns; k++) values[k] = draw_in(bound);
  return values;
}

static coin_latent_grid draw_grid(uint32_t width, uint32_t height) {
  coin_latent_grid grid = {NULL, width, height, width};
  grid.values = memory((size_t)width * height * sizeof *grid.values);
  static const int32_t bounds[] = {0, 1, 2, 6, 40, COIN_LATENT_MAX};
  for (size_t k = 0; k < (size_t)width * height; k++)
    grid.values[k] = (int16_t)draw_in(bounds[draw() % 6]);
  return grid;
}

static void stop(const char *reason) {
  fprintf(stderr, "latents_digest: %s\n", reason);
  exit(1);
}

static void digest_grid(coin_variant variant, const coin_latent_tables *tables) {
  uint32_t n = 2 + 2 * (draw() % 8), h = 2 + 2 * (draw() % 16), d = n + COIN_LATENT_FEATURES;
  int32_t *t[] = {draw_tensor(h, d, 49151), draw_tensor(h, 1, 0), draw_tensor(h, h, 49151),
                  draw_tensor(h, 1, 0), draw_tensor(2, h + d, 49151), draw_tensor(2, 1, 0)};
  coin_latent_network network;
  coin_latent_network_pack(&network, n, h, t[0], t[1], t[2], t[3], t[4], t[5]);
  uint32_t width = 1 + draw() % 50, height = 1 + draw() % 40, shift = 1 + draw() % 2;
  uint32_t wide = (width + shift) >> (shift - 1), high = (height + shift) >> (shift - 1);
  coin_latent_contexts contexts = {draw_grid(width, height), draw_grid(wide, high),
                                   draw_grid((width + 1) / 2, (height + 1) / 2), draw() % 2};
  size_t count = (size_t)width * height;
  int16_t *mean = memory(count * sizeof *mean), *values = contexts.own.values;
  uint8_t *scale = memory(count);
  void *workspace = memory(coin_latent_workspace(width));
  coin_latent_predict(variant, &network, &contexts, mean, scale, workspace);
  size_t bound = coin_latent_bound(count) + 64;
  uint32_t states = 1u << draw() % 5;
  coin_latent_writer writer;
  uint8_t *bytes = memory(bound);
  coin_latent_writer_begin(&writer, bytes, bound, states);
  if (coin_latent_encode(tables, &contexts.own, mean, scale, &writer) ||
      coin_latent_writer_end(&writer))
    stop("a grid cannot be written");
  coin_latent_reader reader;
  contexts.own.values = memory(count * sizeof *values);
  if (coin_latent_reader_begin(&reader, bytes + writer.position, bound - writer.position, states) ||
      coin_latent_decode(variant, &network, tables, &contexts, &reader, workspace) ||
      coin_latent_reader_end(&reader) || memcmp(values, contexts.own.values, count * 2))
    stop("a grid comes back otherwise");
  digest(mean, count * sizeof *mean);
  digest(scale, count);
  digest(bytes + writer.position, bound - writer.position);
  void *all[] = {t[0], t[1], t[2], t[3], t[4], t[5], mean, scale, values, bytes, workspace,
                 contexts.own.values, contexts.near.values, contexts.far.values};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
}

static coin_latent_plane make_plane(int32_t width, int32_t height) {
  coin_latent_plane plane = {NULL, width + PAD, 0, 0, width, height};
  plane.samples = memory((size_t)plane.stride * height * sizeof *plane.samples);
  for (int32_t k = 0; k < plane.stride * height; k++)
    plane.samples[k] = (int16_t)draw_in(draw() % 4 ? 600 : 32767);
  return plane;
}

static void digest_plane(const coin_latent_plane *plane) {
  for (int32_t y = 0; y < plane->height; y++)
    digest(plane->samples + y * plane->stride, plane->width * sizeof *plane->samples);
}

static void digest_planes(coin_variant variant) {
  int32_t width = 1 + draw() % 70, height = 1 + draw() % 30;
  coin_latent_plane from = make_plane((width + 1) / 2, (height + 1) / 2);
  coin_latent_plane to = make_plane(width, height);
  int32_t *taps = draw_tensor(1, 4, 49151);
  int16_t *row = memory((from.width + 2 * PAD) * sizeof *row);
  coin_latent_upsample(variant, &from, &to, taps, row);
  coin_latent_grid grid = draw_grid(1 + draw() % 40, 1 + draw() % 40);
  coin_latent_plane_add(variant, &to, &grid, draw_in(30), draw_in(20), 1 + draw() % 64);
  digest_plane(&to);
  void *all[] = {from.samples, to.samples, taps, row, grid.values};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
}

static void digest_synthesis(coin_variant variant) {
  uint32_t i = 1 + draw() % COIN_LATENT_MAX_PLANES, k = 2 + 2 * (draw() % 32), c = 1 + draw() % 4;
  coin_latent_synthesis synthesis = {
      .planes = i, .width = k, .outputs = c, .channels = c % 2 ? c + draw() % 2 : c,
      .is_16_bit = draw() % 2, .gain = 1 + draw() % 32767};
  for (uint32_t o = 0; o < c; o++) synthesis.bases[o] = draw() % 65536;
  int32_t *t[] = {draw_tensor(k, i, 49151), draw_tensor(k, 1, 0), draw_tensor(c, k + i, 49151),
                  draw_tensor(c, 1, 0), draw_tensor(c, 9 * c, 45055), draw_tensor(c, 1, 0)};
  coin_latent_synthesis_pack(&synthesis, t[0], t[1], t[2], t[3], t[4], t[5]);
  int32_t width = 1 + draw() % 60, height = 1 + draw() % 20;
  coin_latent_plane planes[COIN_LATENT_MAX_PLANES];
  for (uint32_t p = 0; p < i; p++) planes[p] = make_plane(width, height);
  coin_latent_block block = {0, 0, width, height, width, height};
  size_t row_bytes = (size_t)width * synthesis.channels * (synthesis.is_16_bit ? 2 : 1);
  uint8_t *output = memory(row_bytes * height);
  void *workspace = memory(coin_latent_synthesize_workspace(width));
  coin_latent_synthesize(variant, &synthesis, planes, &block, output, row_bytes, workspace);
  digest(output, row_bytes * height);
  for (uint32_t p = 0; p < i; p++) free(planes[p].samples);
  void *all[] = {t[0], t[1], t[2], t[3], t[4], t[5], output, workspace};
  for (size_t a = 0; a < sizeof all / sizeof *all; a++) free(all[a]);
}

int main(void) {
  static const char *names[] = {"scalar", "avx2", "avx512", "neon"};
  coin_latent_tables *tables = coin_latent_tables_fill(memory(coin_latent_tables_size()));
  for (int variant = 0; variant < COIN_VARIANT_COUNT; variant++) {
    if (!coin_variant_is_supported((coin_variant)variant)) continue;
    hash = 0xCBF29CE484222325;
    state = 20230319;
    for (int k = 0; k < ROUNDS; k++) {
      digest_grid((coin_variant)variant, tables);
      digest_planes((coin_variant)variant);
      digest_synthesis((coin_variant)variant);
    }
    printf("latents-%s %016llx\n", names[variant], (unsigned long long)hash);
  }
  free(tables);
  return 0;
}
