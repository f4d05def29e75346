// What the files that encode share.

#ifndef CWEBP_ENCODER_H
#define CWEBP_ENCODER_H

#include <webp/encode.h>
#include <webp/mux.h>

#include "CWebPShim.h"

typedef struct animation {
  // NULL for a single picture.
  WebPAnimEncoder *encoder;
  WebPMuxAnimParams parameters;
  WebPConfig config;
  cwebp_size canvas;
  // In milliseconds, of `ended_count` frames.
  int *durations;
  int frame_count;
  int ended_count;
} animation;

struct cwebp_encoder {
  WebPPicture picture;
  WebPMemoryWriter memory;
  animation animation;
  WebPMux *mux;
  WebPData file;
  int has_alpha;
  int row_count;
  cwebp_progress progress;
  void *context;
  shim_report report;
};

// Fails with what the library says of the picture.
shim_status cwebp_fail(cwebp_encoder *encoder);

// Returns 0 if the settings are not valid.
int cwebp_set_config(WebPConfig *config, const cwebp_settings *settings);

void cwebp_clear_animation(animation *animation);

#endif
