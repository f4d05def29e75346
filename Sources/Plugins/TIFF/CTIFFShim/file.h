// What the parts of the shim share.

#ifndef CTIFF_FILE_H
#define CTIFF_FILE_H

#include <tiffio.h>

#include "CTIFFShim.h"

// Error handlers of their own for every file came with libtiff 4.5.0.
#if TIFFLIB_VERSION >= 20221213 && !defined(CTIFF_WITHOUT_OPEN_OPTIONS)
#define CTIFF_HAS_OPEN_OPTIONS 1
#else
#define CTIFF_HAS_OPEN_OPTIONS 0
#endif

typedef struct ctiff_diagnosis {
  shim_report report;
  int ran_past_end;
  int ends_early;             // the error is that of a facsimile whose data ended
  uint32_t damaged_row_count; // of a facsimile: rows of a wrong length
  uint64_t refused_alloc;
} ctiff_diagnosis;

struct ctiff_file {
  TIFF *tiff;
  ctiff_io io;
  uint64_t position;
  int is_closing; // no callback is called any more
  int is_writing;
  int has_failed_callback;
  // A directory that libtiff is to see; where it seems to lie, no file has a byte.
  const uint8_t *directory;
  uint64_t directory_byte_count;
  uint32_t missing_row_count;
  ctiff_diagnosis diagnosis;
};

// Where `directory` seems to lie.
#define TIFF_DIRECTORY_PLACE ((uint64_t)1 << 62)

// Opens `file->tiff`; `mode` is libtiff's.
int ctiff_open(ctiff_file *file, const char *mode, int64_t max_alloc);

// Notes an error of the shim's own, unless there is one already.
void ctiff_fail(ctiff_file *file, const char *text);

// Whether there is an error.
int ctiff_has_failed(const ctiff_file *file);

// How a call ended that went well or did not.
shim_status ctiff_end(const ctiff_file *file, int is_done);

#endif
