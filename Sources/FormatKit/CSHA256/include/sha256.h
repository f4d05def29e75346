// The compression function of SHA-256 (FIPS 180-4).

#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

// Takes `count` blocks of 64 bytes into `state`; with the CPU's own instructions where it has them.
void sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);

// The same in plain C: what the other is tested against.
void sha256_compress_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
