// What libjpeg said, and how it is heard.

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
  shim_report base;
} cjpeg_report;

// Installs handlers that do not print and do not end the program.
struct jpeg_error_mgr *cjpeg_report_install(cjpeg_report *report);

cjpeg_report *cjpeg_report_of(j_common_ptr info);

// What an error of libjpeg's means.
shim_status cjpeg_report_status_of(int code);

// Ends the work with libjpeg's current message, or with one of our own.
_Noreturn void cjpeg_report_raise(j_common_ptr info, shim_status status);
_Noreturn void cjpeg_report_raise_text(j_common_ptr info, shim_status status, const char *text);

// Keeps libjpeg's current message as a warning.
void cjpeg_report_warn(j_common_ptr info);

#endif
