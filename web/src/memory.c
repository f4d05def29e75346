// The two functions that the compiler calls; with bulk memory each is an instruction.

#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  return __builtin_memcpy(to, from, count);
}

void *memset(void *to, int value, size_t count) { return __builtin_memset(to, value, count); }
