// Decodes .coin streams and damaged copies of them with the freestanding decoder; to be run
// with sanitizers.
//
//     decoder_faults FILE...          every prefix, every flipped bit with the checksums put
//     right decoder_faults --decode FILE [OCTAVE | WIDTH HEIGHT [X Y W H]]   the samples, or
//     the error
//
// The first form prints how often each status came, and a digest of all samples.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coin_decoder.h"

enum { STATUSES = 32 };

/// What damaged streams may ask for.
static const uint64_t most_work = UINT64_C(1) << 26, most_memory = UINT64_C(1) << 26;

static uint64_t digest = UINT64_C(0xCBF29CE484222325);
static uint64_t counts[STATUSES], skipped;

static void add(const uint8_t *bytes, size_t count) {
  for (size_t k = 0; k < count; k++) digest = (digest ^ bytes[k]) * UINT64_C(0x100000001B3);
}

static void *allocate(uint64_t size) {
  void *memory = malloc(size ? size : 1);
  if (!memory) {
    fprintf(stderr, "no memory of %llu bytes\n", (unsigned long long)size);
    exit(2);
  }
  memset(memory, 0xA5, size);
  return memory;
}

/// Decodes a region into new memory of exactly its size.
static coin_decoder_error decode(const coin_decoder *decoder, const coin_decoder_region *region,
                                 uint8_t **samples, size_t *count) {
  uint64_t size;
  coin_decoder_error error = coin_decoder_window_size(decoder, region, &size);
  *samples = NULL;
  if (error.status) return error;
  coin_decoder_window *window;
  void *memory = allocate(size);
  error = coin_decoder_window_begin(decoder, region, memory, size, &window);
  size_t row = region->width *
               coin_decoder_pixel_bytes(coin_decoder_get_info(decoder), COIN_DECODER_STORED);
  *count = row * region->height;
  *samples = allocate(*count);
  if (!error.status)
    error = coin_decoder_decode(window, region, COIN_DECODER_STORED, *samples, (ptrdiff_t)row,
                                NULL, NULL);
  free(memory);
  return error;
}

/// Opens a copy of exactly `count` bytes and decodes it whole, and at its coarsest octave.
static void try_stream(const uint8_t *bytes, size_t count) {
  uint8_t *copy = allocate(count);
  memcpy(copy, bytes, count);
  coin_decoder_info info;
  coin_decoder_error error = coin_decoder_probe(copy, count, &info);
  void *memory = NULL;
  if (!error.status && (info.multiply_adds > most_work || info.memory > most_memory)) {
    skipped++;
  } else if (!error.status) {
    coin_decoder *decoder;
    memory = allocate(info.memory);
    error = coin_decoder_open(copy, count, memory, info.memory, &decoder);
    for (uint32_t octave = 0; !error.status && octave < info.octave_count;
         octave += 1 + info.octave_count / 2) {
      coin_decoder_region region = coin_decoder_octave(&info, octave);
      uint8_t *samples;
      size_t samples_count = 0;
      error = decode(decoder, &region, &samples, &samples_count);
      if (!error.status) add(samples, samples_count);
      free(samples);
    }
  }
  if (error.offset > count) abort();
  counts[error.status]++;
  free(memory);
  free(copy);
}

static uint32_t crc32(const uint8_t *bytes, size_t count) {
  uint32_t crc = 0xFFFFFFFF;
  for (size_t k = 0; k < count; k++) {
    crc ^= bytes[k];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

/// Puts the checksums of all boxes right, as far as the lengths make sense.
static void repair(uint8_t *bytes, size_t count) {
  size_t at = 8;
  while (at < count) {
    size_t length = 0, start = at;
    for (int k = 0; k < 5 && at < count; k++) {
      length |= (size_t)(bytes[at] & 0x7F) << 7 * k;
      if (!(bytes[at++] & 0x80)) break;
    }
    if (at == start || length > count || at + 8 + length > count) return;
    uint32_t crc = crc32(bytes + at, 4 + length);
    for (int k = 0; k < 4; k++) bytes[at + 4 + length + k] = (uint8_t)(crc >> 8 * k);
    at += length + 8;
  }
}

static uint8_t *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(2);
  }
  fseek(file, 0, SEEK_END);
  *count = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = allocate(*count);
  if (fread(bytes, 1, *count, file) != *count) exit(2);
  fclose(file);
  return bytes;
}

static void damage(const char *path) {
  size_t count;
  uint8_t *bytes = read_file(path, &count);
  try_stream(bytes, count);
  size_t step = count / 2000 + 1;  // of long streams, some
  for (size_t length = 0; length < count; length += step) try_stream(bytes, length);
  for (size_t k = 0; k < count; k += step) {
    for (int bit = 0; bit < 8; bit++) {
      uint8_t *copy = allocate(count);
      memcpy(copy, bytes, count);
      copy[k] ^= (uint8_t)(1 << bit);
      try_stream(copy, count);
      repair(copy, count);
      try_stream(copy, count);
      free(copy);
    }
  }
  free(bytes);
}

static int decode_file(int count, char **arguments) {
  size_t size, samples_count = 0;
  uint8_t *bytes = read_file(arguments[0], &size), *samples = NULL;
  uint32_t n[6] = {0};
  for (int k = 1; k < count && k < 7; k++) n[k - 1] = (uint32_t)strtoul(arguments[k], NULL, 10);
  coin_decoder_info info;
  void *memory = NULL;
  coin_decoder_error error = coin_decoder_probe(bytes, size, &info);
  if (!error.status) {
    coin_decoder *decoder;
    memory = allocate(info.memory);
    error = coin_decoder_open(bytes, size, memory, info.memory, &decoder);
    coin_decoder_region region = coin_decoder_octave(&info, count == 2 ? n[0] : 0);
    if (count == 3) region = (coin_decoder_region){n[0], n[1], 0, 0, n[0], n[1]};
    if (count == 7) region = (coin_decoder_region){n[0], n[1], n[2], n[3], n[4], n[5]};
    if (!error.status) error = decode(decoder, &region, &samples, &samples_count);
  }
  if (error.status) {
    printf("%d %llu %s\n", error.status, (unsigned long long)error.offset,
           error.what ? error.what : "");
  } else {
    fwrite(samples, 1, samples_count, stdout);
  }
  free(samples);
  free(memory);
  free(bytes);
  return error.status != COIN_DECODER_OK;
}

int main(int count, char **arguments) {
  if (count > 2 && strcmp(arguments[1], "--decode") == 0)
    return decode_file(count - 2, arguments + 2);
  for (int k = 1; k < count; k++) damage(arguments[k]);
  printf("digest %016llx, %llu beyond limits, statuses", (unsigned long long)digest,
         (unsigned long long)skipped);
  for (int s = 0; s < STATUSES; s++)
    if (counts[s]) printf(" %d:%llu", s, (unsigned long long)counts[s]);
  printf("\n");
  return 0;
}
