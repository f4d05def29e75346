#include "report.h"

#include <stdlib.h>
#include <string.h>

void cpng_report_error(png_structp png, png_const_charp text) {
  cpng_report *report = png_get_error_ptr(png);
  shim_status status = report->base.status;
  // A callback that failed has already said what it means.
  if (status == SHIM_STATUS_OK) {
    status = report->has_lacked_memory ? SHIM_STATUS_OUT_OF_MEMORY : SHIM_STATUS_MALFORMED;
  }
  shim_report_fail(&report->base, status, text);
  png_longjmp(png, 1);
}

void cpng_report_warning(png_structp png, png_const_charp text) {
  cpng_report *report = png_get_error_ptr(png);
  shim_report_warn(&report->base, text);
  // Ancillary in form, yet without it transparent pixels become opaque. Of several, the first counts.
  if (strncmp(text, "tRNS:", 5) == 0 && strcmp(text, "tRNS: duplicate") != 0) {
    report->has_lost_transparency = 1;
  }
}

png_voidp cpng_report_malloc(png_structp png, png_alloc_size_t size) {
  cpng_report *report = png_get_mem_ptr(png);
  void *memory = malloc(size);
  if (memory == NULL) report->has_lacked_memory = 1;
  return memory;
}

void cpng_report_free(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}

const char *cpng_library_version(void) { return png_get_libpng_ver(NULL); }
