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

static void copy_text(char *target, const char *text) {
  strncpy(target, text, JMSG_LENGTH_MAX - 1);
  target[JMSG_LENGTH_MAX - 1] = 0;
}

// libjpeg's current message, without what the caller says anyway.
static void copy_message(j_common_ptr info, char *target) {
  static const char kPrefix[] = "Corrupt JPEG data: ";
  char text[JMSG_LENGTH_MAX] = "";
  info->err->format_message(info, text);
  int is_prefixed = strncmp(text, kPrefix, sizeof kPrefix - 1) == 0;
  copy_text(target, text + (is_prefixed ? sizeof kPrefix - 1 : 0));
}

cjpeg_status cjpeg_report_status_of(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: return CJPEG_STATUS_OUT_OF_MEMORY;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_WIDTH_OVERFLOW: return CJPEG_STATUS_UNSUPPORTED;
    default: return CJPEG_STATUS_MALFORMED;
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

_Noreturn void cjpeg_report_raise(j_common_ptr info, cjpeg_status status) {
  cjpeg_report *report = cjpeg_report_of(info);
  report->status = status;
  copy_message(info, report->message);
  longjmp(report->target, 1);
}

_Noreturn void cjpeg_report_raise_text(j_common_ptr info, cjpeg_status status, const char *text) {
  cjpeg_report *report = cjpeg_report_of(info);
  report->status = status;
  copy_text(report->message, text);
  longjmp(report->target, 1);
}

void cjpeg_report_warn(j_common_ptr info) {
  cjpeg_report *report = cjpeg_report_of(info);
  if (report->warning_count < CJPEG_WARNING_CAPACITY) {
    copy_message(info, report->warnings[report->warning_count]);
  }
  report->warning_count++;
}

void cjpeg_report_warn_text(cjpeg_report *report, const char *text) {
  if (report->warning_count < CJPEG_WARNING_CAPACITY) {
    copy_text(report->warnings[report->warning_count], text);
  }
  report->warning_count++;
}

const char *cjpeg_report_warning_at(const cjpeg_report *report, size_t index) {
  if (index >= report->warning_count || index >= CJPEG_WARNING_CAPACITY) return NULL;
  return report->warnings[index];
}

#endif
