#include "shim_report.h"

#include <string.h>

static void copy_line(char *target, size_t capacity, const char *text) {
  size_t count = strcspn(text, "\r\n");
  if (count > capacity - 1) {
    count = capacity - 1;
    // Not before a byte that goes on with a character.
    while (count > 0 && ((unsigned char)text[count] & 0xC0) == 0x80) count--;
  }
  memcpy(target, text, count);
  target[count] = 0;
}

shim_status shim_report_fail(shim_report *report, shim_status status, const char *message) {
  report->status = status;
  copy_line(report->message, SHIM_MESSAGE_CAPACITY, message != NULL ? message : "");
  return status;
}

void shim_report_complain(shim_report *report, const char *message) {
  if (report->message[0] == 0) copy_line(report->message, SHIM_MESSAGE_CAPACITY, message);
}

char *shim_report_next_warning(shim_report *report) {
  const size_t index = report->warning_count++;
  return index < SHIM_WARNING_CAPACITY ? report->warnings[index] : NULL;
}

void shim_report_warn(shim_report *report, const char *text) {
  char *target = shim_report_next_warning(report);
  if (target != NULL) copy_line(target, SHIM_WARNING_TEXT_CAPACITY, text);
}

const char *shim_report_message(const shim_report *report) {
  return report->message[0] != 0 ? report->message : "an error without a name";
}

const char *shim_report_warning(const shim_report *report, size_t index) {
  const int is_kept = index < report->warning_count && index < SHIM_WARNING_CAPACITY;
  return is_kept ? report->warnings[index] : NULL;
}
