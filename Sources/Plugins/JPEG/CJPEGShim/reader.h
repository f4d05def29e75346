// What the parts of the reader share.

#ifndef CJPEG_READER_H
#define CJPEG_READER_H

#include "report.h"

enum {
  CJPEG_BUFFER_BYTE_COUNT = 1 << 16,
  // The components of the colors that are read.
  CJPEG_COMPONENT_LIMIT = 4,
};

struct cjpeg_reader {
  cjpeg_report report;
  struct jpeg_decompress_struct info;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  shim_read read;
  shim_is_cancelled is_cancelled;
  void *context;
  // The offset in the file of the end of the buffer.
  size_t buffer_end;
  // Of what is metadata as a rule, the segments behind the start of the first scan.
  uint32_t late_segment_count;
  int has_header; // everything in front of the first scan has been read
  int is_salvaging;
  // The first row that may be wrong, of what is salvaged.
  uint32_t damaged_row;
  int has_ended;  // the input has, and an end marker has been made up
  // Whether samples of CMYK are stored as 255 for no ink.
  int is_inverted;
  int takes_plain_cmyk;
  // All blocks of the file, once they have been read, and room for them turned.
  jvirt_barray_ptr *coefficients;
  jvirt_barray_ptr turned[CJPEG_COMPONENT_LIMIT];
  uint8_t buffer[CJPEG_BUFFER_BYTE_COUNT];
};

static inline cjpeg_reader *cjpeg_reader_of(j_decompress_ptr info) { return info->client_data; }

// Has libjpeg read from the reader's callback.
// Whether damage is only noted: it is to be salvaged what can be.
int cjpeg_reader_goes_on(cjpeg_reader *reader);

_Noreturn void cjpeg_raise_truncated(cjpeg_reader *reader);

// Raises an error if a component has no scan, once all have been read.
void cjpeg_reader_check_completeness(cjpeg_reader *reader);

void cjpeg_reader_install_source(cjpeg_reader *reader);

// Reads at a place of the file, wherever libjpeg is; fewer bytes only at the end. Raises an error
// where the callback fails.
size_t cjpeg_read_at(cjpeg_reader *reader, size_t offset, uint8_t *bytes, size_t count);

#endif
