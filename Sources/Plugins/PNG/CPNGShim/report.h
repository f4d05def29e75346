// What libpng said: the error that ended the work, and a bounded number of warnings.

#ifndef CPNG_REPORT_H
#define CPNG_REPORT_H

#include <png.h>

#include "CPNGShim.h"

enum { CPNG_MESSAGE_CAPACITY = 160 };

typedef struct cpng_report {
  cpng_status status;
  char message[CPNG_MESSAGE_CAPACITY];
  size_t warning_count;
  char warnings[CPNG_WARNING_CAPACITY][CPNG_MESSAGE_CAPACITY];
  // A warning concerned what is transparent: without it, all is opaque.
  int has_lost_transparency;
  int has_lacked_memory;
} cpng_report;

// The handlers of a libpng struct whose error and memory pointer is a report.
void cpng_report_error(png_structp png, png_const_charp text);
void cpng_report_warning(png_structp png, png_const_charp text);
png_voidp cpng_report_malloc(png_structp png, png_alloc_size_t size);
void cpng_report_free(png_structp png, png_voidp memory);

// The warning at `index`, or NULL if it was only counted.
const char *cpng_report_warning_at(const cpng_report *report, size_t index);

#endif
