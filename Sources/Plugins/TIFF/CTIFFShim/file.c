// Opening files whose bytes and messages go to the caller.
#include "file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tmsize_t read_directory(ctiff_file *file, void *bytes, tmsize_t count) {
  const uint64_t start = file->position - TIFF_DIRECTORY_PLACE;
  if (!file->directory || start > file->directory_byte_count) return 0;
  const uint64_t rest = file->directory_byte_count - start;
  const uint64_t moved = (uint64_t)count < rest ? (uint64_t)count : rest;
  memcpy(bytes, file->directory + start, moved);
  file->position += moved;
  return (tmsize_t)moved;
}

// Failure is 0 bytes read, never -1, which libtiff 4.5.0 adds to the place where it clears what it
// did not get: a write before its buffer.
static tmsize_t file_read(thandle_t handle, void *bytes, tmsize_t count) {
  ctiff_file *file = handle;
  if (file->is_closing || !file->io.read || count < 0) return 0;
  if (file->position >= TIFF_DIRECTORY_PLACE) return read_directory(file, bytes, count);
  const ptrdiff_t moved = file->io.read(file->io.context, file->position, bytes, (size_t)count);
  if (moved < 0) {
    file->has_failed_callback = 1;
    return 0;
  }
  if (moved < count) file->diagnosis.ran_past_end = 1;
  file->position += (uint64_t)moved;
  return (tmsize_t)moved;
}

static tmsize_t file_write(thandle_t handle, void *bytes, tmsize_t count) {
  ctiff_file *file = handle;
  if (file->is_closing || !file->io.write || count < 0) return 0;
  if (file->io.write(file->io.context, file->position, bytes, (size_t)count) != 0) {
    file->has_failed_callback = 1;
    return 0;
  }
  file->position += (uint64_t)count;
  return count;
}

static toff_t file_size(thandle_t handle) {
  ctiff_file *file = handle;
  return file->is_closing ? 0 : file->io.byte_count(file->io.context);
}

static toff_t file_seek(thandle_t handle, toff_t offset, int whence) {
  ctiff_file *file = handle;
  uint64_t base = 0;
  if (whence == SEEK_CUR) base = file->position;
  if (whence == SEEK_END) base = file_size(handle);
  file->position = base + offset;
  const int is_in_directory = file->directory && file->position >= TIFF_DIRECTORY_PLACE;
  if (!file->is_writing && !file->is_closing && !is_in_directory &&
      file->position > file_size(handle)) {
    file->diagnosis.ran_past_end = 1;
  }
  return file->position;
}

static int file_close(thandle_t handle) {
  (void)handle;
  return 0;
}

// What is kept of a warning, some of which explain themselves at length.
enum { warning_size = 160 };
_Static_assert((int)warning_size <= (int)SHIM_WARNING_TEXT_CAPACITY, "there is room for it");

// Formats `module: text`; the module is the name of a function of libtiff's, of use to nobody,
// unless it is the name of a library below it.
static void format_message(char *out, size_t size, const char *module, const char *format,
                           va_list arguments) {
  size_t used = 0;
  if (module && strstr(module, "Lib")) {
    const int count = snprintf(out, size, "%s: ", module);
    used = count > 0 && (size_t)count < size ? (size_t)count : 0;
  }
  vsnprintf(out + used, size - used, format, arguments);
  // Some texts begin with the name of the file, which has none here.
  if (strncmp(out, ": ", 2) == 0) memmove(out, out + 2, strlen(out + 2) + 1);
  size_t length = strlen(out);
  while (length > 0 && (out[length - 1] == '.' || out[length - 1] == '\n')) {
    out[--length] = 0;
  }
}

static void note_error(ctiff_file *file, const char *module, const char *format,
                       va_list arguments) {
  ctiff_diagnosis *diagnosis = &file->diagnosis;
  // The first error is the cause, the others its consequences.
  if (ctiff_has_failed(file)) return;
  char *error = diagnosis->report.message;
  format_message(error, sizeof diagnosis->report.message, module, format, arguments);
  if (strstr(error, "defined in open options")) {
    // "Memory allocation of N bytes is beyond the M byte limit defined in open options"
    const char *digits = strpbrk(error, "0123456789");
    diagnosis->refused_alloc = digits ? strtoull(digits, NULL, 10) : UINT64_MAX;
  }
}

static void note_warning(ctiff_file *file, const char *module, const char *format,
                         va_list arguments) {
  ctiff_diagnosis *diagnosis = &file->diagnosis;
  // libjpeg and the facsimile decoders only warn where data is missing, and go on with gray or
  // white.
  const int is_of_decoder =
      (module && strcmp(module, "JPEGLib") == 0) || strstr(format, "Premature EOF at line");
  if (is_of_decoder && !file->is_writing) {
    if (!ctiff_has_failed(file) && strstr(format, "Premature EOF at line")) {
      diagnosis->ends_early = 1;
    }
    note_error(file, module, format, arguments);
    return;
  }
  // Of facsimiles: "Premature EOL at line 1 of strip 0 (got 2, expected 3)", "Line length mismatch …".
  // The rest of the row is made up.
  if (strncmp(format, "%s at line %", 12) == 0 && !file->is_writing) {
    diagnosis->damaged_row_count++;
    return;
  }
  // The caller reads texts and private tags by itself.
  if (strstr(format, "Unknown field with tag") || strstr(format, "ASCII value for tag")) return;
  char *text = shim_report_next_warning(&diagnosis->report);
  if (text) format_message(text, warning_size, module, format, arguments);
}

#if CTIFF_HAS_OPEN_OPTIONS

static int on_error(TIFF *tiff, void *user, const char *module, const char *format,
                    va_list arguments) {
  (void)tiff;
  note_error(user, module, format, arguments);
  return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff;
  note_warning(user, module, format, arguments);
  return 1;
}

static TIFF *open_tiff(ctiff_file *file, const char *mode, int64_t max_alloc) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, file);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, file);
  if (max_alloc > 0) TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)max_alloc);
#if TIFFLIB_VERSION >= 20240911
  // libtiff 4.7.0: thousands of tags, each within the limit, count together.
  if (max_alloc > 0) TIFFOpenOptionsSetMaxCumulatedMemAlloc(options, (tmsize_t)max_alloc);
#endif
  TIFF *tiff = TIFFClientOpenExt("", mode, file, file_read, file_write, file_seek, file_close,
                                 file_size, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

#else

// Older versions know one handler for the whole process, but tell it the file.
static void on_error(thandle_t handle, const char *module, const char *format,
                     va_list arguments) {
  if (handle) note_error(handle, module, format, arguments);
}

static void on_warning(thandle_t handle, const char *module, const char *format,
                       va_list arguments) {
  if (handle) note_warning(handle, module, format, arguments);
}

static TIFF *open_tiff(ctiff_file *file, const char *mode, int64_t max_alloc) {
  (void)max_alloc;
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  TIFFSetErrorHandlerExt(on_error);
  TIFFSetWarningHandlerExt(on_warning);
  return TIFFClientOpen("", mode, file, file_read, file_write, file_seek, file_close, file_size,
                        NULL, NULL);
}

#endif

int ctiff_open(ctiff_file *file, const char *mode, int64_t max_alloc) {
  file->tiff = open_tiff(file, mode, max_alloc);
  if (!file->tiff) ctiff_fail(file, "the file cannot be opened");
  return file->tiff != NULL;
}

void ctiff_fail(ctiff_file *file, const char *text) {
  shim_report_complain(&file->diagnosis.report, text);
}

int ctiff_has_failed(const ctiff_file *file) {
  return file->diagnosis.report.message[0] != 0;
}

shim_status ctiff_end(const ctiff_file *file, int is_done) {
  if (is_done) return SHIM_STATUS_OK;
  if (file->has_failed_callback) return SHIM_STATUS_CALLBACK_FAILED;
  if (file->is_writing) return SHIM_STATUS_FAILED;
  return file->diagnosis.ran_past_end ? SHIM_STATUS_TRUNCATED : SHIM_STATUS_MALFORMED;
}

shim_status ctiff_opening(const ctiff_file *file) { return ctiff_end(file, file->tiff != NULL); }

const shim_report *ctiff_report(const ctiff_file *file) { return &file->diagnosis.report; }

uint64_t ctiff_refused_alloc(const ctiff_file *file) { return file->diagnosis.refused_alloc; }

void ctiff_clear_diagnosis(ctiff_file *file) {
  memset(&file->diagnosis, 0, sizeof file->diagnosis);
}

void ctiff_close(ctiff_file *file) {
  if (!file) return;
  // TIFFCleanup flushes a file being written: whoever wanted that has finished the page.
  file->is_closing = 1;
  if (file->tiff) TIFFCleanup(file->tiff);
  free(file);
}

const char *ctiff_version(void) {
  // The text starts `LIBTIFF, Version 4.5.0\nCopyright`.
  static const char prefix[] = "LIBTIFF, Version ";
  const char *text = TIFFGetVersion();
  return strncmp(text, prefix, sizeof prefix - 1) == 0 ? text + sizeof prefix - 1 : text;
}
