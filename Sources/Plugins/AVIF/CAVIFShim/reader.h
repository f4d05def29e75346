// What the parts of the reader share.

#ifndef CAVIF_READER_H
#define CAVIF_READER_H

#include "status.h"

struct cavif_reader {
  // First, so that a pointer to it is one to the reader.
  avifIO io;
  avifDecoder *decoder;
  shim_read read;
  void *context;
  int has_failed_to_read;
  uint8_t *buffer;
  size_t buffer_capacity;
  cavif_contents contents;
  // The rows of a band as libavif converts them.
  uint8_t *converted;
  shim_report report;
};

#endif
