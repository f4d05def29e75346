// One variant of the fitting kernels. Compiled once per instruction set by fit.c.

#include "../dense-inl.h"
#include "../halve-inl.h"
#include "fit-accumulate-inl.h"
#include "fit-math-inl.h"
#include "fit-latents-inl.h"
#include "fit-upsampling-inl.h"
#include "fit-analysis-inl.h"
#include "fit-rate-inl.h"
#include "fit-synthesis-inl.h"
#include "fit-similarity-inl.h"

const coin_fit_kernels KERNEL(coin_fit_kernels) = {
    .soften = KERNEL(soften), .rate = KERNEL(rate), .upsample = KERNEL(upsample),
    .upsample_gradient = KERNEL(upsample_gradient), .copy = KERNEL(copy),
    .filter = KERNEL(filter), .correlate = KERNEL(correlate),
    .synthesize = KERNEL(synthesize), .compare = KERNEL(compare),
    .synthesis_gradient = KERNEL(synthesis_gradient), .step = KERNEL(step),
    .split_luma = KERNEL(split_luma), .similarity_loss = KERNEL(similarity_loss),
    .join_luma = KERNEL(join_luma)};
