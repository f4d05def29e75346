// What libpng said, and what that meant.

#ifndef CPNG_REPORT_H
#define CPNG_REPORT_H

#include <png.h>

#include "CPNGShim.h"

typedef struct cpng_report {
  shim_report base;
  // A warning concerned what is transparent: without it, all is opaque.
  int has_lost_transparency;
  int has_lacked_memory;
} cpng_report;

// The handlers of a libpng struct whose error and memory pointer is a report.
void cpng_report_error(png_structp png, png_const_charp text);
void cpng_report_warning(png_structp png, png_const_charp text);
png_voidp cpng_report_malloc(png_structp png, png_alloc_size_t size);
void cpng_report_free(png_structp png, png_voidp memory);

#endif
