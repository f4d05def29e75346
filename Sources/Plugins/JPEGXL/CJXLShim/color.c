// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/encode.h>)

#include "color.h"

// libjxl has P3's primaries once, and tells DCI from Display P3 by white.
enum { PRIMARIES_DISPLAY_P3 = 12 };

static int is_known_transfer(int transfer) {
  switch (transfer) {
    case JXL_TRANSFER_FUNCTION_709:
    case JXL_TRANSFER_FUNCTION_LINEAR:
    case JXL_TRANSFER_FUNCTION_SRGB:
    case JXL_TRANSFER_FUNCTION_PQ:
    case JXL_TRANSFER_FUNCTION_DCI:
    case JXL_TRANSFER_FUNCTION_HLG: return 1;
    default: return 0;
  }
}

int cjxl_code_points_of(const JxlColorEncoding *encoding, uint8_t *primaries, uint8_t *transfer) {
  if (encoding->white_point != JXL_WHITE_POINT_D65) return 0;
  if (!is_known_transfer((int)encoding->transfer_function)) return 0;
  *transfer = (uint8_t)encoding->transfer_function;
  if (encoding->color_space == JXL_COLOR_SPACE_GRAY) {
    *primaries = JXL_PRIMARIES_SRGB;
    return 1;
  }
  if (encoding->color_space != JXL_COLOR_SPACE_RGB) return 0;
  switch (encoding->primaries) {
    case JXL_PRIMARIES_SRGB:
    case JXL_PRIMARIES_2100: *primaries = (uint8_t)encoding->primaries; return 1;
    case JXL_PRIMARIES_P3: *primaries = PRIMARIES_DISPLAY_P3; return 1;
    default: return 0;
  }
}

int cjxl_stores_code_points(uint8_t primaries, uint8_t transfer) {
  // Without the library, what is wrong is told by who is to write.
  if (cjxl_library_version() == 0) return 1;
  JxlColorEncoding encoding;
  return cjxl_encoding_of(primaries, transfer, 0, &encoding);
}

int cjxl_encoding_of(uint8_t primaries, uint8_t transfer, int is_gray,
                     JxlColorEncoding *encoding) {
  if (!is_known_transfer(transfer)) return 0;
  JxlColorEncodingSetToSRGB(encoding, is_gray);
  encoding->transfer_function = (JxlTransferFunction)transfer;
  switch (primaries) {
    case JXL_PRIMARIES_SRGB: break;
    case JXL_PRIMARIES_2100: encoding->primaries = JXL_PRIMARIES_2100; break;
    case PRIMARIES_DISPLAY_P3: encoding->primaries = JXL_PRIMARIES_P3; break;
    default: return 0;
  }
  return 1;
}

int cjxl_prefer_standard(JxlDecoder *decoder, const cjxl_contents *contents) {
  JxlColorEncoding encoding;
  if (contents->has_original_samples) return 0;
  if (JxlDecoderGetColorAsEncodedProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                         &encoding) == JXL_DEC_SUCCESS) {
    return 0;
  }
  JxlColorEncodingSetToSRGB(&encoding, contents->layout.channel_count < 3);
  return JxlDecoderSetPreferredColorProfile(decoder, &encoding) == JXL_DEC_SUCCESS;
}

#endif
