// What the parts of the writer share.

#ifndef CJPEG_WRITER_H
#define CJPEG_WRITER_H

#include "report.h"

enum { CJPEG_OUTPUT_BYTE_COUNT = 1 << 16 };

struct cjpeg_writer {
  cjpeg_report report;
  struct jpeg_compress_struct info;
  struct jpeg_destination_mgr destination;
  shim_append append;
  void *context;
  // A row of CMYK with 255 for no ink.
  uint8_t *inverted_row;
  uint8_t buffer[CJPEG_OUTPUT_BYTE_COUNT];
};

#endif
