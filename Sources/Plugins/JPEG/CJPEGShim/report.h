// What libjpeg said: the error that ended the work, and a bounded number of warnings.

#ifndef CJPEG_REPORT_H
#define CJPEG_REPORT_H

// In this order: jpeglib.h needs size_t and FILE.
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>
#include <setjmp.h>

#include "CJPEGShim.h"

typedef struct cjpeg_report {
  // libjpeg's handlers; first, so that a pointer to them is one to the report.
  struct jpeg_error_mgr handlers;
  jmp_buf target;
  cjpeg_status status;
  char message[JMSG_LENGTH_MAX];
  size_t warning_count;
  char warnings[CJPEG_WARNING_CAPACITY][JMSG_LENGTH_MAX];
} cjpeg_report;

// Installs handlers that do not print and do not end the program.
struct jpeg_error_mgr *cjpeg_report_install(cjpeg_report *report);

cjpeg_report *cjpeg_report_of(j_common_ptr info);

// Ends the work with libjpeg's current message, or with one of our own.
// What an error of libjpeg's means.
cjpeg_status cjpeg_report_status_of(int code);

_Noreturn void cjpeg_report_raise(j_common_ptr info, cjpeg_status status);
_Noreturn void cjpeg_report_raise_text(j_common_ptr info, cjpeg_status status, const char *text);

// Keeps libjpeg's current message, or one of our own, as a warning.
void cjpeg_report_warn(j_common_ptr info);
void cjpeg_report_warn_text(cjpeg_report *report, const char *text);

// The warning at `index`, or NULL if it was only counted.
const char *cjpeg_report_warning_at(const cjpeg_report *report, size_t index);

#endif
