// The vector variants: one source, compiled once for each instruction set.
//
// The vectors are logical: 16 lanes, which the compiler splits into the registers there are.
// So lanes, and the order of every sum, are the same everywhere; only the register blocking
// differs.

#include "vectors.h"

// BLOCK_ROWS x BLOCK_VECTORS sums of a dense layer are in registers at a time, and
// GRADIENT_ROWS x GRADIENT_ROWS of a weight gradient: as many as there are registers for.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX avx2
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"
#include "optimizer-inl.h"
#undef SUFFIX
#undef BLOCK_ROWS
#undef BLOCK_VECTORS
#undef GRADIENT_ROWS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq"))), \
                             apply_to = function)
#define SUFFIX avx512
#define BLOCK_ROWS 14
#define BLOCK_VECTORS 2
#define GRADIENT_ROWS 4
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"
#include "optimizer-inl.h"
#pragma clang attribute pop

#elif defined(__aarch64__)
#define SUFFIX neon
#define BLOCK_ROWS 6
#define BLOCK_VECTORS 1
#define GRADIENT_ROWS 2
#include "dense-inl.h"
#include "gradient-inl.h"
#include "matrix-inl.h"
#include "network-inl.h"
#include "optimizer-inl.h"
#endif
