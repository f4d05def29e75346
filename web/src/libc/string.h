#ifndef COIN_WEB_STRING_H
#define COIN_WEB_STRING_H

// What the decoder uses of the C library's header.

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int value, size_t count);

#endif
