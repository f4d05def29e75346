// What a library said: why it failed, and a bounded number of warnings.
//
// Texts are copied up to the end of their first line, and cut where they are longer than the room for
// them, never within a character of UTF-8. A report of zeros is empty.
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include <stddef.h>

#include "shim_status.h"

enum {
  SHIM_MESSAGE_CAPACITY = 256,
  // The number of warnings that are kept; later ones are only counted.
  SHIM_WARNING_CAPACITY = 8,
  SHIM_WARNING_TEXT_CAPACITY = 200,
};

typedef struct shim_report {
  // What `shim_report_fail` was told last; a shim whose readers stay failed returns it again.
  shim_status status;
  char message[SHIM_MESSAGE_CAPACITY];
  size_t warning_count;
  char warnings[SHIM_WARNING_CAPACITY][SHIM_WARNING_TEXT_CAPACITY];
} shim_report;

// Sets status and message, which may be NULL; returns the status.
shim_status shim_report_fail(shim_report *report, shim_status status, const char *message);

// Sets the message unless there is one: the first of several is nearest to the cause.
void shim_report_complain(shim_report *report, const char *message);

// Keeps a warning, or only counts it.
void shim_report_warn(shim_report *report, const char *text);

// Counts a warning. Returns the room for its text, which ends with a 0, or NULL if there is none.
char *shim_report_next_warning(shim_report *report);

// The message, or a text that says that there is none.
const char *shim_report_message(const shim_report *report);

// The warning at `index`, or NULL if it was only counted.
const char *shim_report_warning(const shim_report *report, size_t index);

#endif
