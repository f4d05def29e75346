// Nothing where the library is absent and the package trait JPEG off.
#if __has_include(<jpeglib.h>)

#include "report.h"

#include <jerror.h>
#include <string.h>

#define TEXT_OF(value) TEXT(value)
#define TEXT(value) #value

const char *cjpeg_library_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " TEXT_OF(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " TEXT_OF(JPEG_LIB_VERSION);
#endif
}

cjpeg_report *cjpeg_report_of(j_common_ptr info) { return (cjpeg_report *)info->err; }

// libjpeg's current message, without what the caller says anyway.
static const char *format_message(j_common_ptr info, char text[JMSG_LENGTH_MAX]) {
  static const char kPrefix[] = "Corrupt JPEG data: ";
  text[0] = 0;
  info->err->format_message(info, text);
  int is_prefixed = strncmp(text, kPrefix, sizeof kPrefix - 1) == 0;
  return text + (is_prefixed ? sizeof kPrefix - 1 : 0);
}

shim_status cjpeg_report_status_of(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: return SHIM_STATUS_OUT_OF_MEMORY;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_WIDTH_OVERFLOW: return SHIM_STATUS_UNSUPPORTED;
    default: return SHIM_STATUS_MALFORMED;
  }
}

_Noreturn static void on_error(j_common_ptr info) {
  cjpeg_report_raise(info, cjpeg_report_status_of(info->err->msg_code));
}

// Traces are of no interest.
static void on_message(j_common_ptr info, int level) {
  if (level < 0) cjpeg_report_warn(info);
}

static void on_output(j_common_ptr info) { (void)info; }

struct jpeg_error_mgr *cjpeg_report_install(cjpeg_report *report) {
  struct jpeg_error_mgr *handlers = jpeg_std_error(&report->handlers);
  handlers->error_exit = on_error;
  handlers->emit_message = on_message;
  handlers->output_message = on_output;
  return handlers;
}

_Noreturn void cjpeg_report_raise(j_common_ptr info, shim_status status) {
  char text[JMSG_LENGTH_MAX];
  cjpeg_report_raise_text(info, status, format_message(info, text));
}

_Noreturn void cjpeg_report_raise_text(j_common_ptr info, shim_status status, const char *text) {
  cjpeg_report *report = cjpeg_report_of(info);
  shim_report_fail(&report->base, status, text);
  longjmp(report->target, 1);
}

void cjpeg_report_warn(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  shim_report_warn(&cjpeg_report_of(info)->base, format_message(info, text));
}

#endif
