// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/decode.h>)

#include <jxl/decode.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"

// A metadata box on its way.
typedef struct box {
  // NULL while the current box is of no interest.
  cjxl_bytes *target;
  size_t capacity;
  size_t limit;
} box;

// Metadata that exceed the limit.
static shim_status refuse_metadata(cjxl_contents *contents) {
  contents->has_too_much_metadata = 1;
  return SHIM_STATUS_FAILED;
}

static void describe_channels(JxlDecoder *decoder, const JxlBasicInfo *info,
                              cjxl_contents *contents) {
  contents->extra_channel_count = info->num_extra_channels;
  if (info->alpha_bits > 0) contents->extra_channel_count--;
  for (uint32_t i = 0; i < info->num_extra_channels; i++) {
    JxlExtraChannelInfo channel;
    if (JxlDecoderGetExtraChannelInfo(decoder, i, &channel) == JXL_DEC_SUCCESS) {
      contents->has_black |= channel.type == JXL_CHANNEL_BLACK;
    }
  }
}

static shim_status describe(JxlDecoder *decoder, cjxl_contents *contents) {
  JxlBasicInfo info;
  if (JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS) return SHIM_STATUS_MALFORMED;
  contents->width = info.xsize;
  contents->height = info.ysize;
  contents->layout.channel_count = info.num_color_channels + (info.alpha_bits > 0 ? 1 : 0);
  int is_real = info.exponent_bits_per_sample > 0 || info.bits_per_sample > 16;
  contents->layout.sample_bits = is_real ? 32 : info.bits_per_sample > 8 ? 16 : 8;
  contents->significant_bits = info.bits_per_sample;
  contents->is_premultiplied = info.alpha_bits > 0 && info.alpha_premultiplied;
  contents->has_original_samples = info.uses_original_profile;
  contents->orientation = (int)info.orientation;
  contents->is_animated = info.have_animation;
  contents->tick_count = info.animation.tps_numerator;
  contents->tick_seconds = info.animation.tps_denominator;
  contents->loop_count = info.animation.num_loops;
  contents->has_time_codes = info.have_animation && info.animation.have_timecodes;
  contents->shown_width = info.intrinsic_xsize;
  contents->shown_height = info.intrinsic_ysize;
  contents->intensity_target = info.intensity_target;
  contents->least_intensity = info.min_nits;
  contents->linear_below = info.linear_below;
  describe_channels(decoder, &info, contents);
  return SHIM_STATUS_OK;
}

static shim_status describe_color(JxlDecoder *decoder, size_t limit, cjxl_contents *contents) {
  int is_converted = cjxl_prefer_standard(decoder, contents);
  JxlColorEncoding encoding;
  if (JxlDecoderGetColorAsEncodedProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA,
                                         &encoding) == JXL_DEC_SUCCESS &&
      cjxl_code_points_of(&encoding, &contents->primaries, &contents->transfer)) {
    int is_standard = contents->primaries == JXL_PRIMARIES_SRGB &&
                      contents->transfer == JXL_TRANSFER_FUNCTION_SRGB;
    contents->color = is_converted && is_standard ? CJXL_COLOR_CONVERTED
                      : is_standard               ? CJXL_COLOR_SRGB
                                                  : CJXL_COLOR_CODE_POINTS;
    return SHIM_STATUS_OK;
  }
  size_t count = 0;
  contents->color = CJXL_COLOR_SRGB;
  if (JxlDecoderGetICCProfileSize(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, &count) !=
          JXL_DEC_SUCCESS ||
      count == 0) {
    return SHIM_STATUS_OK;
  }
  if (count > limit) return refuse_metadata(contents);
  contents->icc.start = malloc(count);
  if (contents->icc.start == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  contents->icc.count = count;
  contents->color = CJXL_COLOR_ICC;
  return JxlDecoderGetColorAsICCProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA,
                                        contents->icc.start, count) == JXL_DEC_SUCCESS
             ? SHIM_STATUS_OK
             : SHIM_STATUS_MALFORMED;
}

// Counts a frame and takes down its duration.
static shim_status describe_frame(JxlDecoder *decoder, cjxl_contents *contents) {
  uint32_t count = contents->frame_count;
  // The room doubles whenever it is full.
  if ((count & (count - 1)) == 0) {
    size_t capacity = count == 0 ? 1 : (size_t)count * 2;
    uint32_t *durations = realloc(contents->durations, capacity * sizeof *durations);
    if (durations == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
    contents->durations = durations;
  }
  JxlFrameHeader header;
  if (JxlDecoderGetFrameHeader(decoder, &header) != JXL_DEC_SUCCESS) {
    return SHIM_STATUS_MALFORMED;
  }
  contents->durations[contents->frame_count++] = header.duration;
  contents->has_frame_names |= header.name_length > 0;
  return SHIM_STATUS_OK;
}

// Takes what the decoder has written of the current box.
static shim_status end_box(JxlDecoder *decoder, box *current, cjxl_contents *contents) {
  if (current->target == NULL) return SHIM_STATUS_OK;
  size_t count = current->capacity - JxlDecoderReleaseBoxBuffer(decoder);
  current->target->count = count;
  current->target = NULL;
  return count <= current->limit ? SHIM_STATUS_OK : refuse_metadata(contents);
}

static shim_status grow_box(JxlDecoder *decoder, box *current, cjxl_contents *contents) {
  cjxl_bytes *target = current->target;
  if (target == NULL) return SHIM_STATUS_MALFORMED;
  size_t done = current->capacity - JxlDecoderReleaseBoxBuffer(decoder);
  size_t capacity = current->capacity == 0 ? 1 << 12 : current->capacity * 2;
  // One byte more than allowed, to see whether there is one.
  if (capacity > current->limit) capacity = current->limit + 1;
  if (capacity <= current->capacity) return refuse_metadata(contents);
  uint8_t *start = realloc(target->start, capacity);
  if (start == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  target->start = start;
  current->capacity = capacity;
  return JxlDecoderSetBoxBuffer(decoder, start + done, capacity - done) == JXL_DEC_SUCCESS
             ? SHIM_STATUS_OK
             : SHIM_STATUS_FAILED;
}

static shim_status begin_box(JxlDecoder *decoder, box *current, cjxl_contents *contents) {
  JxlBoxType type;
  shim_status status = end_box(decoder, current, contents);
  if (status != SHIM_STATUS_OK) return status;
  if (JxlDecoderGetBoxType(decoder, type, JXL_TRUE) != JXL_DEC_SUCCESS) {
    return SHIM_STATUS_MALFORMED;
  }
  if (memcmp(type, "Exif", 4) == 0 && contents->exif.start == NULL) {
    current->target = &contents->exif;
  } else if (memcmp(type, "xml ", 4) == 0 && contents->xmp.start == NULL) {
    current->target = &contents->xmp;
  } else {
    return SHIM_STATUS_OK;
  }
  current->capacity = 0;
  return grow_box(decoder, current, contents);
}

// Forgets a box whose end is missing.
static void drop_box(JxlDecoder *decoder, box *current) {
  JxlDecoderReleaseBoxBuffer(decoder);
  free(current->target->start);
  *current->target = (cjxl_bytes){0};
  current->target = NULL;
}

static shim_status read_events(JxlDecoder *decoder, box *current, cjxl_contents *contents) {
  // That there is no more input is told only when more is asked for: an error after that is its
  // lack, and success is the end of the last box.
  int is_closed = 0;
  for (;;) {
    shim_status status = SHIM_STATUS_OK;
    switch (JxlDecoderProcessInput(decoder)) {
      case JXL_DEC_SUCCESS: return end_box(decoder, current, contents);
      case JXL_DEC_NEED_MORE_INPUT:
        if (is_closed) return SHIM_STATUS_TRUNCATED;
        JxlDecoderCloseInput(decoder);
        is_closed = 1;
        break;
      case JXL_DEC_BASIC_INFO: status = describe(decoder, contents); break;
      case JXL_DEC_COLOR_ENCODING:
        status = describe_color(decoder, current->limit, contents);
        break;
      case JXL_DEC_FRAME: status = describe_frame(decoder, contents); break;
      case JXL_DEC_BOX: status = begin_box(decoder, current, contents); break;
      case JXL_DEC_BOX_NEED_MORE_OUTPUT: status = grow_box(decoder, current, contents); break;
      default: return is_closed ? SHIM_STATUS_TRUNCATED : SHIM_STATUS_MALFORMED;
    }
    if (status != SHIM_STATUS_OK) return status;
  }
}

shim_status cjxl_read_contents(const uint8_t *bytes, size_t count, size_t metadata_limit,
                               int allows_cut, cjxl_contents *contents) {
  *contents = (cjxl_contents){0};
  JxlDecoder *decoder = JxlDecoderCreate(NULL);
  if (decoder == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  int events = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_BOX;
  shim_status status = SHIM_STATUS_FAILED;
  // Where the library lacks Brotli, compressed boxes are passed over.
  JxlDecoderSetDecompressBoxes(decoder, JXL_TRUE);
  if (JxlDecoderSubscribeEvents(decoder, events) == JXL_DEC_SUCCESS &&
      JxlDecoderSetKeepOrientation(decoder, JXL_TRUE) == JXL_DEC_SUCCESS &&
      JxlDecoderSetInput(decoder, bytes, count) == JXL_DEC_SUCCESS) {
    box current = {.limit = metadata_limit};
    status = read_events(decoder, &current, contents);
    if (allows_cut && status == SHIM_STATUS_TRUNCATED && contents->frame_count > 0) {
      if (current.target != NULL) drop_box(decoder, &current);
      status = SHIM_STATUS_OK;
    }
  }
  if (status == SHIM_STATUS_OK && contents->width == 0) status = SHIM_STATUS_MALFORMED;
  JxlDecoderDestroy(decoder);
  return status;
}

int cjxl_read_size(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
  JxlDecoder *decoder = JxlDecoderCreate(NULL);
  if (decoder == NULL) return 0;
  JxlBasicInfo info;
  int is_found = JxlDecoderSubscribeEvents(decoder, JXL_DEC_BASIC_INFO) == JXL_DEC_SUCCESS &&
                 JxlDecoderSetKeepOrientation(decoder, JXL_TRUE) == JXL_DEC_SUCCESS &&
                 JxlDecoderSetInput(decoder, bytes, count) == JXL_DEC_SUCCESS &&
                 JxlDecoderProcessInput(decoder) == JXL_DEC_BASIC_INFO &&
                 JxlDecoderGetBasicInfo(decoder, &info) == JXL_DEC_SUCCESS;
  if (is_found) {
    *width = info.xsize;
    *height = info.ysize;
  }
  JxlDecoderDestroy(decoder);
  return is_found;
}

void cjxl_free_contents(cjxl_contents *contents) {
  free(contents->durations);
  free(contents->icc.start);
  free(contents->exif.start);
  free(contents->xmp.start);
}

#endif
