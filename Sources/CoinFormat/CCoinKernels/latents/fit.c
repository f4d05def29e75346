// The fitting kernels of latent grids: one source, compiled once for each instruction set, as in
// kernels.c. The scalar variant is the same source without any instruction set's vectors.

#include "fit-internal.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX avx2
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#define ACCUMULATE 2
#include "fit-variant-inl.h"
#undef SUFFIX
#undef BLOCK_ROWS
#undef BLOCK_VECTORS
#undef GRADIENT_ROWS
#undef ACCUMULATE
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq"))), \
                             apply_to = function)
#define SUFFIX avx512
#define BLOCK_ROWS 14
#define BLOCK_VECTORS 2
#define GRADIENT_ROWS 4
#define ACCUMULATE 5
#include "fit-variant-inl.h"
#undef SUFFIX
#undef BLOCK_ROWS
#undef BLOCK_VECTORS
#undef GRADIENT_ROWS
#undef ACCUMULATE
#pragma clang attribute pop

#elif defined(__aarch64__)
#define SUFFIX neon
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#define ACCUMULATE 2
#include "fit-variant-inl.h"
#undef SUFFIX
#undef BLOCK_ROWS
#undef BLOCK_VECTORS
#undef GRADIENT_ROWS
#undef ACCUMULATE
#endif

#define SUFFIX scalar
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#define ACCUMULATE 2
#include "fit-variant-inl.h"
