#include "report.h"

#include <stdlib.h>
#include <string.h>

static void copy_text(char *target, const char *text) {
  strncpy(target, text, CPNG_MESSAGE_CAPACITY - 1);
  target[CPNG_MESSAGE_CAPACITY - 1] = 0;
}

void cpng_report_error(png_structp png, png_const_charp text) {
  cpng_report *report = png_get_error_ptr(png);
  // A callback that failed has already said what it means.
  if (report->status == CPNG_STATUS_OK) {
    report->status =
        report->has_lacked_memory ? CPNG_STATUS_OUT_OF_MEMORY : CPNG_STATUS_MALFORMED;
  }
  copy_text(report->message, text);
  png_longjmp(png, 1);
}

void cpng_report_warning(png_structp png, png_const_charp text) {
  cpng_report *report = png_get_error_ptr(png);
  if (report->warning_count < CPNG_WARNING_CAPACITY) {
    copy_text(report->warnings[report->warning_count], text);
  }
  report->warning_count++;
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

const char *cpng_report_warning_at(const cpng_report *report, size_t index) {
  if (index >= report->warning_count || index >= CPNG_WARNING_CAPACITY) return NULL;
  return report->warnings[index];
}

const char *cpng_library_version(void) { return png_get_libpng_ver(NULL); }
