// What a shim calls, only while one of its functions runs; `context` is passed back.
#ifndef SHIM_CALLBACKS_H
#define SHIM_CALLBACKS_H

#include <stddef.h>
#include <stdint.h>

// Copies up to `count` bytes from `offset` of the file to `bytes`. Returns how many there were:
// fewer only at the end of the file; or -1 on failure.
typedef ptrdiff_t (*shim_read)(void *context, size_t offset, uint8_t *bytes, size_t count);

// Writes `count` bytes at `offset` of the file. Returns 0, or -1 on failure.
typedef int (*shim_write)(void *context, size_t offset, const uint8_t *bytes, size_t count);

// Takes the next `count` bytes of the file. Returns 0, or -1 on failure.
typedef int (*shim_append)(void *context, const uint8_t *bytes, size_t count);

// Returns whether the work is to end.
typedef int (*shim_is_cancelled)(void *context);

#endif
