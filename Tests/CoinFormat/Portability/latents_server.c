// Decodes grids, doubles planes and makes samples for another program, with one variant of the
// latents' kernels: see network_server.c.
//
// On standard input, again and again: the number of the operation and its sizes, native 32-bit
// numbers, then its arrays, row by row; check_kernels.py says which. The argument is the
// variant's number, or "best".

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coin_latents.h"

enum { PAD = COIN_LATENT_PAD };

static void stop(const char *reason) {
  fprintf(stderr, "latents_server: %s\n", reason);
  exit(1);
}

static void *memory(size_t size) {
  void *bytes = calloc(size + 64, 1);
  if (!bytes) stop("out of memory");
  return bytes;
}

static void *read_array(size_t size, size_t count) {
  void *bytes = memory(size * count);
  if (fread(bytes, size, count, stdin) != count) stop("the request ends early");
  return bytes;
}

static int32_t *read_numbers(size_t count) { return read_array(sizeof(int32_t), count); }

static void write_array(const void *bytes, size_t size) {
  if (fwrite(bytes, 1, size, stdout) != size) stop("the answer cannot be written");
}

static void free_all(size_t count, void **all) {
  for (size_t k = 0; k < count; k++) free(all[k]);
}

static coin_latent_grid read_grid(int32_t height, int32_t width) {
  coin_latent_grid grid = {NULL, (uint32_t)width, (uint32_t)height, (uint32_t)width};
  grid.values = read_array(sizeof *grid.values, (size_t)width * height);
  if (width * height == 0) {
    free(grid.values);
    grid.values = NULL;
  }
  return grid;
}

static void decode_grid(coin_variant variant, const coin_latent_tables *tables) {
  int32_t *f = read_numbers(12);  // n, H, is luma, three sizes, states, position, count
  size_t n = f[0], h = f[1], d = n + COIN_LATENT_FEATURES, size = (size_t)f[3] * f[4];
  uint32_t *states = read_array(sizeof *states, COIN_LATENT_MAX_STATES);
  int32_t *w1 = read_numbers(h * d), *b1 = read_numbers(h), *w2 = read_numbers(h * h);
  int32_t *b2 = read_numbers(h), *w3 = read_numbers(2 * (h + d)), *b3 = read_numbers(2);
  coin_latent_network network;
  coin_latent_network_pack(&network, n, h, w1, b1, w2, b2, w3, b3);
  coin_latent_contexts contexts = {.is_luma = f[2]};
  contexts.near = read_grid(f[5], f[6]);
  contexts.far = read_grid(f[7], f[8]);
  contexts.own = (coin_latent_grid){memory(2 * size), f[4], f[3], f[4]};
  uint8_t *bytes = read_array(1, f[11]);
  coin_latent_reader reader = {bytes, f[11], f[10], f[9], {0}};
  memcpy(reader.states, states, sizeof reader.states);
  void *workspace = memory(coin_latent_workspace(f[4]));
  int32_t answer[2] = {
      coin_latent_decode(variant, &network, tables, &contexts, &reader, workspace)};
  answer[1] = (int32_t)reader.position;
  write_array(answer, sizeof answer);
  write_array(reader.states, sizeof reader.states);
  write_array(contexts.own.values, 2 * size);
  void *all[] = {f, states, w1, b1, w2, b2, w3, b3, bytes, workspace, contexts.near.values,
                 contexts.far.values, contexts.own.values};
  free_all(sizeof all / sizeof *all, all);
}

static coin_latent_plane make_plane(int32_t height, int32_t width) {
  coin_latent_plane plane = {NULL, width + PAD, 0, 0, width, height};
  plane.samples = memory((size_t)plane.stride * height * sizeof *plane.samples);
  return plane;
}

static coin_latent_plane read_plane(int32_t height, int32_t width) {
  coin_latent_plane plane = make_plane(height, width);
  for (int32_t y = 0; y < height; y++)
    if (fread(plane.samples + y * plane.stride, 2, width, stdin) != (size_t)width)
      stop("the request ends early");
  return plane;
}

static void upsample(coin_variant variant) {
  int32_t *f = read_numbers(4), *taps = read_numbers(4);  // both sizes
  coin_latent_plane from = read_plane(f[0], f[1]), to = make_plane(f[2], f[3]);
  int16_t *row = memory(2 * (f[1] + 2 * PAD));
  coin_latent_upsample(variant, &from, &to, taps, row);
  for (int32_t y = 0; y < to.height; y++) write_array(to.samples + y * to.stride, 2 * to.width);
  void *all[] = {f, taps, from.samples, to.samples, row};
  free_all(sizeof all / sizeof *all, all);
}

static void synthesize(coin_variant variant) {
  int32_t *f = read_numbers(12);  // I, K, C, channels, is 16 bit, gain, 4 bases, the size
  size_t i = f[0], k = f[1], c = f[2];
  coin_latent_synthesis synthesis = {.planes = i, .width = k, .outputs = c, .channels = f[3],
                                     .is_16_bit = f[4], .gain = f[5]};
  memcpy(synthesis.bases, f + 6, sizeof synthesis.bases);
  int32_t *a1 = read_numbers(k * i), *b1 = read_numbers(k), *a2 = read_numbers(c * (k + i));
  int32_t *b2 = read_numbers(c), *b = read_numbers(9 * c * c), *b3 = read_numbers(c);
  coin_latent_synthesis_pack(&synthesis, a1, b1, a2, b2, b, b3);
  int32_t height = f[10], width = f[11];
  coin_latent_plane planes[COIN_LATENT_MAX_PLANES];
  if (i > COIN_LATENT_MAX_PLANES) stop("too many planes");
  for (size_t p = 0; p < i; p++) planes[p] = read_plane(height, width);
  coin_latent_block block = {0, 0, width, height, width, height};
  size_t row_bytes = (size_t)width * f[3] * (f[4] ? 2 : 1);
  uint8_t *output = memory(row_bytes * height);
  void *workspace = memory(coin_latent_synthesize_workspace(width));
  coin_latent_synthesize(variant, &synthesis, planes, &block, output, row_bytes, workspace);
  write_array(output, row_bytes * height);
  for (size_t p = 0; p < i; p++) free(planes[p].samples);
  void *all[] = {f, a1, b1, a2, b2, b, b3, output, workspace};
  free_all(sizeof all / sizeof *all, all);
}

int main(int argc, char **argv) {
  if (argc != 2) stop("usage: latents_server VARIANT");
  coin_variant variant =
      strcmp(argv[1], "best") == 0 ? coin_variant_best() : (coin_variant)atoi(argv[1]);
  if (variant >= COIN_VARIANT_COUNT || !coin_variant_is_supported(variant))
    stop("this CPU lacks the variant");
  coin_latent_tables *tables = coin_latent_tables_fill(memory(coin_latent_tables_size()));
  int32_t operation;
  while (fread(&operation, sizeof operation, 1, stdin) == 1) {
    if (operation == 1) decode_grid(variant, tables);
    if (operation == 2) upsample(variant);
    if (operation == 3) synthesize(variant);
    if (fflush(stdout)) stop("the answer cannot be written");
  }
  free(tables);
  return 0;
}
