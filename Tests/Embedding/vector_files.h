// What the tests of the C libraries share: checks that are counted, files of the vectors.
#ifndef VECTOR_FILES_H
#define VECTOR_FILES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures, checks;

#define CHECK(condition, ...)                          \
  do {                                                 \
    checks++;                                          \
    if (!(condition)) {                                \
      failures++;                                      \
      fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);  \
      fprintf(stderr, __VA_ARGS__);                    \
      fprintf(stderr, ": %s is not so\n", #condition); \
    }                                                  \
  } while (0)

/// A file in memory of exactly its size, or NULL.
static unsigned char *read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *count = (size_t)ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(*count > 0 ? *count : 1);
  if (!bytes || fread(bytes, 1, *count, file) != *count) abort();
  fclose(file);
  return bytes;
}

/// A whole number of a JSON file of the vectors, or `otherwise`.
static long number(const char *json, const char *key, long otherwise) {
  char pattern[64];
  snprintf(pattern, sizeof pattern, "\"%s\" : ", key);
  const char *found = strstr(json, pattern);
  return found ? strtol(found + strlen(pattern), NULL, 10) : otherwise;
}

/// The numbers of a list of a JSON file; how many there are.
static int list(const char *json, const char *key, uint32_t numbers[4]) {
  char pattern[64];
  snprintf(pattern, sizeof pattern, "\"%s\" : [", key);
  const char *found = strstr(json, pattern);
  if (!found) return 0;
  int count = 0;
  for (found += strlen(pattern); *found && *found != ']' && count < 4; found++)
    if (*found >= '0' && *found <= '9') {
      char *end;
      numbers[count++] = (uint32_t)strtoul(found, &end, 10);
      found = end - 1;
    }
  return count;
}

/// Compares samples with those of a PAM file, whose 16 bits are big-endian.
static int equals_pam(const char *path, const unsigned char *samples, size_t count) {
  size_t size;
  unsigned char *bytes = read_file(path, &size);
  if (!bytes) return 0;
  size_t start = 0;
  while (start + 7 <= size && memcmp(bytes + start, "ENDHDR\n", 7) != 0) start++;
  start += 7;
  int is_wide = 0, is_equal = size - start == count;
  for (size_t k = 0; k + 5 < start; k++) is_wide |= memcmp(bytes + k, "65535", 5) == 0;
  for (size_t k = 0; is_equal && k < count; k++)
    is_equal = samples[k] == bytes[start + (is_wide ? k ^ 1 : k)];
  free(bytes);
  return is_equal;
}

#endif
