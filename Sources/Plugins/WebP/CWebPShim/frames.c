#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "CWebPShim.h"

struct cwebp_animation {
  WebPAnimDecoder *decoder;
  uint8_t *file;
  size_t canvas_byte_count;
};

static cwebp_frame describe_frame(const WebPIterator *frame) {
  return (cwebp_frame){
      .x = frame->x_offset,
      .y = frame->y_offset,
      .size = {frame->width, frame->height},
      .duration = frame->duration,
      .has_alpha = frame->has_alpha,
      .is_blended = frame->blend_method == WEBP_MUX_BLEND,
      .is_cleared = frame->dispose_method == WEBP_MUX_DISPOSE_BACKGROUND,
  };
}

shim_status cwebp_read_frames(const uint8_t *bytes, size_t count, cwebp_frame *frames,
                              size_t frame_count) {
  WebPData data = {bytes, count};
  WebPDemuxer *demuxer = WebPDemux(&data);
  if (demuxer == NULL) return SHIM_STATUS_MALFORMED;
  WebPIterator frame;
  size_t done_count = 0;
  if (frame_count > 0 && WebPDemuxGetFrame(demuxer, 1, &frame)) {
    do {
      frames[done_count++] = describe_frame(&frame);
    } while (done_count < frame_count && WebPDemuxNextFrame(&frame));
    WebPDemuxReleaseIterator(&frame);
  }
  WebPDemuxDelete(demuxer);
  return done_count == frame_count ? SHIM_STATUS_OK : SHIM_STATUS_MALFORMED;
}

static int start(cwebp_animation *animation, const uint8_t *bytes, size_t count,
                 int use_threads) {
  WebPAnimDecoderOptions options;
  WebPAnimInfo info;
  animation->file = malloc(count);
  if (animation->file == NULL || !WebPAnimDecoderOptionsInit(&options)) return 0;
  memcpy(animation->file, bytes, count);
  options.color_mode = MODE_RGBA;
  options.use_threads = use_threads;
  WebPData data = {animation->file, count};
  animation->decoder = WebPAnimDecoderNew(&data, &options);
  if (animation->decoder == NULL || !WebPAnimDecoderGetInfo(animation->decoder, &info)) return 0;
  animation->canvas_byte_count = (size_t)info.canvas_width * info.canvas_height * 4;
  return 1;
}

cwebp_animation *cwebp_animation_create(const uint8_t *bytes, size_t count, int use_threads) {
  cwebp_animation *animation = calloc(1, sizeof *animation);
  if (animation == NULL || start(animation, bytes, count, use_threads)) return animation;
  cwebp_animation_destroy(animation);
  return NULL;
}

void cwebp_animation_destroy(cwebp_animation *animation) {
  if (animation == NULL) return;
  WebPAnimDecoderDelete(animation->decoder);
  free(animation->file);
  free(animation);
}

void cwebp_animation_rewind(cwebp_animation *animation) {
  WebPAnimDecoderReset(animation->decoder);
}

const uint8_t *cwebp_animation_next(cwebp_animation *animation, size_t *count) {
  uint8_t *canvas = NULL;
  int timestamp = 0;
  *count = animation->canvas_byte_count;
  return WebPAnimDecoderGetNext(animation->decoder, &canvas, &timestamp) ? canvas : NULL;
}
