#ifndef COIN_PNG_WRITER_H
#define COIN_PNG_WRITER_H

#include <stdint.h>

/// Writes RGBA of 8 bits as PNG without compression; whether it could be written.
int write_png(const char *path, uint32_t width, uint32_t height, const uint8_t *rgba);

#endif
