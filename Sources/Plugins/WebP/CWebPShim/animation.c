#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

#include "encoder.h"

void cwebp_clear_animation(animation *animation) {
  WebPAnimEncoderDelete(animation->encoder);
  free(animation->durations);
}

shim_status cwebp_encoder_begin_animation(cwebp_encoder *encoder, const cwebp_settings *settings,
                                          cwebp_animation_settings parameters) {
  animation *animation = &encoder->animation;
  WebPAnimEncoderOptions options;
  if (animation->encoder != NULL || !cwebp_set_config(&animation->config, settings) ||
      !WebPAnimEncoderOptionsInit(&options)) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED, "invalid configuration");
  }
  options.allow_mixed = parameters.allows_mixing;
  animation->parameters.bgcolor = parameters.background;
  animation->parameters.loop_count = parameters.loop_count;
  animation->canvas = (cwebp_size){encoder->picture.width, encoder->picture.height};
  animation->frame_count = parameters.frame_count;
  animation->durations = calloc((size_t)parameters.frame_count, sizeof *animation->durations);
  animation->encoder =
      WebPAnimEncoderNew(animation->canvas.width, animation->canvas.height, &options);
  if (animation->durations == NULL || animation->encoder == NULL) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_OUT_OF_MEMORY, "out of memory");
  }
  return SHIM_STATUS_OK;
}

shim_status cwebp_encoder_end_frame(cwebp_encoder *encoder, int duration) {
  animation *animation = &encoder->animation;
  if (animation->encoder == NULL || animation->ended_count == animation->frame_count) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED, "a frame too many");
  }
  // The library lets a frame like the one before be a part of it. With the number of the frame as
  // its time, what comes out tells which frames those were.
  WebPPicture *picture = &encoder->picture;
  if (!WebPAnimEncoderAdd(animation->encoder, picture, animation->ended_count,
                          &animation->config)) {
    return cwebp_fail(encoder);
  }
  animation->durations[animation->ended_count++] = duration;
  encoder->row_count = 0;
  return SHIM_STATUS_OK;
}

// A frame that can be looked through, with which nothing changes.
static int encode_glass(cwebp_size size, WebPData *file) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter memory;
  WebPMemoryWriterInit(&memory);
  if (!WebPConfigInit(&config) || !WebPConfigLosslessPreset(&config, 0) ||
      !WebPPictureInit(&picture)) {
    return 0;
  }
  picture.use_argb = 1;
  picture.width = size.width;
  picture.height = size.height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &memory;
  int is_done = 0;
  if (WebPPictureAlloc(&picture)) {
    for (int y = 0; y < size.height; y++) {
      memset(picture.argb + (size_t)y * (size_t)picture.argb_stride, 0, (size_t)size.width * 4);
    }
    is_done = WebPEncode(&config, &picture);
  }
  WebPPictureFree(&picture);
  *file = (WebPData){memory.mem, memory.size};
  return is_done;
}

// The size of a frame of which only the bitstream is known.
static int read_size(const WebPData *bitstream, cwebp_size *size) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bitstream->bytes, bitstream->size, &features) != VP8_STATUS_OK) return 0;
  *size = (cwebp_size){features.width, features.height};
  return 1;
}

// Adds a frame that stands for `count` frames, with the durations from `durations` on.
static int push_frames(WebPMux *mux, WebPMuxFrameInfo frame, const int *durations, int count) {
  WebPMuxAnimDispose disposal = frame.dispose_method;
  frame.id = WEBP_CHUNK_ANMF;
  frame.duration = durations[0];
  if (count > 1) frame.dispose_method = WEBP_MUX_DISPOSE_NONE;
  if (WebPMuxPushFrame(mux, &frame, 1) != WEBP_MUX_OK) return 0;
  if (count == 1) return 1;
  // What is cleared after the last of them is the place of the first.
  cwebp_size size = {1, 1};
  if (disposal == WEBP_MUX_DISPOSE_BACKGROUND && !read_size(&frame.bitstream, &size)) return 0;
  WebPData glass = {NULL, 0};
  int is_done = encode_glass(size, &glass);
  frame.bitstream = glass;
  frame.blend_method = WEBP_MUX_BLEND;
  for (int i = 1; i < count && is_done; i++) {
    frame.duration = durations[i];
    if (i == count - 1) frame.dispose_method = disposal;
    is_done = WebPMuxPushFrame(mux, &frame, 1) == WEBP_MUX_OK;
  }
  WebPDataClear(&glass);
  return is_done;
}

// Copies the frames of `source`, whose durations are numbers of frames.
static int copy_frames(const WebPMux *source, const animation *animation, WebPMux *mux) {
  int stored_count = 0;
  int done_count = 0;
  WebPMuxNumChunks(source, WEBP_CHUNK_ANMF, &stored_count);
  // Of frames that are all alike the library makes a single picture.
  int is_single = stored_count == 0;
  for (int i = 0; i < (is_single ? 1 : stored_count); i++) {
    WebPMuxFrameInfo frame;
    if (WebPMuxGetFrame(source, (uint32_t)i + 1, &frame) != WEBP_MUX_OK) return 0;
    int is_last = is_single || i == stored_count - 1;
    int count = is_last ? animation->frame_count - done_count : frame.duration;
    int is_done = count > 0 && count <= animation->frame_count - done_count &&
                  push_frames(mux, frame, animation->durations + done_count, count);
    WebPDataClear(&frame.bitstream);
    if (!is_done) return 0;
    done_count += count;
  }
  return done_count == animation->frame_count;
}

shim_status cwebp_encoder_end_animation(cwebp_encoder *encoder) {
  animation *animation = &encoder->animation;
  WebPData file = {NULL, 0};
  if (animation->encoder == NULL || animation->ended_count != animation->frame_count ||
      !WebPAnimEncoderAdd(animation->encoder, NULL, animation->frame_count, NULL) ||
      !WebPAnimEncoderAssemble(animation->encoder, &file)) {
    return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED,
                            "the animation cannot be encoded");
  }
  // It holds all frames, too.
  WebPAnimEncoderDelete(animation->encoder);
  animation->encoder = NULL;
  WebPMux *source = WebPMuxCreate(&file, 0);
  encoder->mux = WebPMuxNew();
  int is_done =
      source != NULL && encoder->mux != NULL &&
      WebPMuxSetCanvasSize(encoder->mux, animation->canvas.width, animation->canvas.height) ==
          WEBP_MUX_OK &&
      WebPMuxSetAnimationParams(encoder->mux, &animation->parameters) == WEBP_MUX_OK &&
      copy_frames(source, animation, encoder->mux);
  WebPMuxDelete(source);
  WebPDataClear(&file);
  if (is_done) return SHIM_STATUS_OK;
  return shim_report_fail(&encoder->report, SHIM_STATUS_FAILED, "the frames cannot be assembled");
}
