#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include "CWebPShim.h"

int cwebp_library_version(void) { return WebPGetEncoderVersion(); }

static shim_status status_of(VP8StatusCode code) {
  switch (code) {
    case VP8_STATUS_OK: return SHIM_STATUS_OK;
    case VP8_STATUS_OUT_OF_MEMORY: return SHIM_STATUS_OUT_OF_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return SHIM_STATUS_UNSUPPORTED;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return SHIM_STATUS_TRUNCATED;
    default: return SHIM_STATUS_MALFORMED;
  }
}

shim_status cwebp_read_size(const uint8_t *bytes, size_t count, cwebp_size *size) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(bytes, count, &features);
  if (code != VP8_STATUS_OK) return status_of(code);
  *size = (cwebp_size){features.width, features.height};
  return SHIM_STATUS_OK;
}

static cwebp_range find_chunk(const WebPDemuxer *demuxer, const char *type,
                              const uint8_t *bytes) {
  cwebp_range range = {0, 0};
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, type, 1, &chunk)) {
    range = (cwebp_range){(size_t)(chunk.chunk.bytes - bytes), chunk.chunk.size};
    WebPDemuxReleaseChunkIterator(&chunk);
  }
  return range;
}

static shim_status describe_frame(const WebPIterator *frame, const uint8_t *bytes,
                                  cwebp_contents *contents) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &features);
  if (code != VP8_STATUS_OK) return status_of(code);
  cwebp_size canvas = contents->canvas;
  int is_inside = frame->x_offset >= 0 && frame->y_offset >= 0 && frame->width > 0 &&
                  frame->height > 0 && frame->width <= canvas.width - frame->x_offset &&
                  frame->height <= canvas.height - frame->y_offset;
  if (!is_inside || features.width != frame->width || features.height != frame->height) {
    return SHIM_STATUS_MALFORMED;
  }
  contents->frame =
      (cwebp_range){(size_t)(frame->fragment.bytes - bytes), frame->fragment.size};
  contents->frame_size = (cwebp_size){frame->width, frame->height};
  contents->frame_x = frame->x_offset;
  contents->frame_y = frame->y_offset;
  contents->is_lossless = features.format == 2;
  int is_covered = frame->width == canvas.width && frame->height == canvas.height;
  contents->has_alpha = features.has_alpha || !is_covered;
  return SHIM_STATUS_OK;
}

static shim_status describe(const WebPDemuxer *demuxer, const uint8_t *bytes,
                            cwebp_contents *contents) {
  *contents = (cwebp_contents){
      .canvas = {(int)WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
                 (int)WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT)},
      .frame_count = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT),
      .is_animated =
          (WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG) != 0,
      .loop_count = WebPDemuxGetI(demuxer, WEBP_FF_LOOP_COUNT),
      .background = WebPDemuxGetI(demuxer, WEBP_FF_BACKGROUND_COLOR),
      .icc = find_chunk(demuxer, "ICCP", bytes),
      .exif = find_chunk(demuxer, "EXIF", bytes),
      .xmp = find_chunk(demuxer, "XMP ", bytes),
  };
  WebPIterator frame;
  if (!WebPDemuxGetFrame(demuxer, 1, &frame)) return SHIM_STATUS_MALFORMED;
  shim_status status = describe_frame(&frame, bytes, contents);
  WebPDemuxReleaseIterator(&frame);
  return status;
}

// Whether all that a still picture needs is there but the end of its bitstream.
static int is_cut_still(const WebPDemuxer *demuxer) {
  return (WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG) == 0 &&
         WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT) == 1;
}

shim_status cwebp_read_contents(const uint8_t *bytes, size_t count, int allows_cut,
                                cwebp_contents *contents) {
  WebPData data = {bytes, count};
  WebPDemuxState state;
  WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
  shim_status status = SHIM_STATUS_MALFORMED;
  int is_whole = state == WEBP_DEMUX_DONE;
  int is_enough = allows_cut && state == WEBP_DEMUX_PARSED_HEADER;
  if (demuxer != NULL && (is_whole || (is_enough && is_cut_still(demuxer)))) {
    status = describe(demuxer, bytes, contents);
  } else if (state != WEBP_DEMUX_PARSE_ERROR) {
    // The demuxer waits for more.
    status = SHIM_STATUS_TRUNCATED;
  }
  WebPDemuxDelete(demuxer);
  return status;
}

static shim_status prepare(WebPDecoderConfig *config, const uint8_t *bytes, size_t count,
                           cwebp_size size, int has_alpha, uint8_t *pixels,
                           size_t bytes_per_row) {
  if (!WebPInitDecoderConfig(config)) return SHIM_STATUS_UNSUPPORTED;
  VP8StatusCode code = WebPGetFeatures(bytes, count, &config->input);
  if (code != VP8_STATUS_OK) return status_of(code);
  if (config->input.width != size.width || config->input.height != size.height) {
    return SHIM_STATUS_MALFORMED;
  }
  size_t pixel_size = has_alpha ? 4 : 3;
  config->output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config->output.is_external_memory = 1;
  config->output.u.RGBA.rgba = pixels;
  config->output.u.RGBA.stride = (int)bytes_per_row;
  config->output.u.RGBA.size =
      bytes_per_row * (size_t)(size.height - 1) + pixel_size * (size_t)size.width;
  return SHIM_STATUS_OK;
}

shim_status cwebp_decode(const uint8_t *bytes, size_t count, cwebp_size size, int has_alpha,
                         int use_threads, uint8_t *pixels, size_t bytes_per_row) {
  WebPDecoderConfig config;
  shim_status status =
      prepare(&config, bytes, count, size, has_alpha, pixels, bytes_per_row);
  if (status != SHIM_STATUS_OK) return status;
  config.options.use_threads = use_threads;
  VP8StatusCode code = WebPDecode(bytes, count, &config);
  WebPFreeDecBuffer(&config.output);
  return status_of(code);
}

shim_status cwebp_salvage(const uint8_t *bytes, size_t count, cwebp_size size, int has_alpha,
                          uint8_t *pixels, size_t bytes_per_row, int *good_row_count) {
  WebPDecoderConfig config;
  *good_row_count = 0;
  shim_status status =
      prepare(&config, bytes, count, size, has_alpha, pixels, bytes_per_row);
  if (status != SHIM_STATUS_OK) return status;
  WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
  if (decoder == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  VP8StatusCode code = WebPIUpdate(decoder, bytes, count);
  int row_count = 0;
  if (WebPIDecGetRGB(decoder, &row_count, NULL, NULL, NULL) != NULL) *good_row_count = row_count;
  WebPIDelete(decoder);
  WebPFreeDecBuffer(&config.output);
  return status_of(code);
}
