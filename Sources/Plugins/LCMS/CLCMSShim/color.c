#include <stdlib.h>
#include <string.h>

#include "CLCMSShim.h"
#include "context.h"

struct clcms_transform {
  cmsContext context;
  cmsHTRANSFORM transform;
};

int clcms_version(void) { return cmsGetEncodedCMMversion(); }

static cmsToneCurve *create_curve(cmsContext context, const clcms_colors *colors, int channel) {
  // y = (a x + b)^g from d on, c x below.
  const double srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  const double bt709[] = {1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081};
  switch (colors->curve) {
    case CLCMS_CURVE_SRGB: return cmsBuildParametricToneCurve(context, 4, srgb);
    case CLCMS_CURVE_BT709: return cmsBuildParametricToneCurve(context, 4, bt709);
    case CLCMS_CURVE_TABLES:
      return cmsBuildTabulatedToneCurve16(context, colors->table_length,
                                          colors->tables + (size_t)channel * colors->table_length);
    case CLCMS_CURVE_POWER: break;
  }
  return cmsBuildGamma(context, colors->exponent);
}

// Libraries before 2.14 do not know the tag.
static int name_code_points(cmsHPROFILE profile, const clcms_colors *colors) {
#if LCMS_VERSION >= 2140
  if (!colors->names_code_points) return 1;
  const uint8_t *points = colors->code_points;
  const cmsVideoSignalType signal = {.ColourPrimaries = points[0],
                                     .TransferCharacteristics = points[1],
                                     .MatrixCoefficients = points[2],
                                     .VideoFullRangeFlag = points[3]};
  cmsSetProfileVersion(profile, 4.4);
  return cmsWriteTag(profile, cmsSigcicpTag, &signal);
#else
  (void)profile;
  (void)colors;
  return 1;
#endif
}

static cmsHPROFILE create_rgb_profile(cmsContext context, const clcms_colors *colors,
                                      cmsToneCurve *const curves[3]) {
  const double *c = colors->chromaticities;
  const cmsCIExyY white = {c[0], c[1], 1};
  const cmsCIExyYTRIPLE primaries = {{c[2], c[3], 1}, {c[4], c[5], 1}, {c[6], c[7], 1}};
  cmsHPROFILE profile = cmsCreateRGBProfileTHR(context, &white, &primaries, curves);
  if (profile == NULL || name_code_points(profile, colors)) return profile;
  cmsCloseProfile(profile);
  return NULL;
}

static cmsHPROFILE create_profile(cmsContext context, const clcms_colors *colors,
                                  int color_channel_count) {
  int has_tables = colors->curve == CLCMS_CURVE_TABLES && colors->table_count > 1;
  // No three curves describe one channel.
  if (has_tables && color_channel_count != 3) return NULL;
  int curve_count = has_tables ? 3 : 1;
  cmsToneCurve *curves[3] = {NULL, NULL, NULL};
  int is_made = 1;
  for (int i = 0; i < 3; i++) {
    curves[i] = i < curve_count ? create_curve(context, colors, i) : curves[0];
    is_made &= curves[i] != NULL;
  }
  cmsHPROFILE profile = NULL;
  if (is_made && color_channel_count == 1) {
    // Gray has no white but that of the connection space.
    profile = cmsCreateGrayProfileTHR(context, cmsD50_xyY(), curves[0]);
  } else if (is_made) {
    profile = create_rgb_profile(context, colors, curves);
  }
  for (int i = 0; i < curve_count; i++) {
    if (curves[i] != NULL) cmsFreeToneCurve(curves[i]);
  }
  return profile;
}

static cmsColorSpaceSignature color_space(int color_channel_count) {
  switch (color_channel_count) {
    case 1: return cmsSigGrayData;
    case 3: return cmsSigRgbData;
    default: return cmsSigCmykData;
  }
}

static cmsHPROFILE open_profile(cmsContext context, const clcms_colors *colors,
                                int color_channel_count) {
  if (colors->profile == NULL) {
    if (color_channel_count == 4) return NULL;
    return create_profile(context, colors, color_channel_count);
  }
  if (colors->profile_length > UINT32_MAX) return NULL;
  cmsHPROFILE profile = cmsOpenProfileFromMemTHR(context, colors->profile,
                                                 (cmsUInt32Number)colors->profile_length);
  if (profile == NULL) return NULL;
  cmsProfileClassSignature class = cmsGetDeviceClass(profile);
  int is_usable = cmsGetColorSpace(profile) == color_space(color_channel_count) &&
                  class != cmsSigLinkClass && class != cmsSigAbstractClass &&
                  class != cmsSigNamedColorClass;
  if (is_usable) return profile;
  cmsCloseProfile(profile);
  return NULL;
}

int clcms_accepts(const clcms_colors *colors, int color_channel_count) {
  cmsContext context = clcms_create_context();
  if (context == NULL) return 0;
  cmsHPROFILE profile = open_profile(context, colors, color_channel_count);
  if (profile != NULL) cmsCloseProfile(profile);
  cmsDeleteContext(context);
  return profile != NULL;
}

static cmsUInt32Number pixel_format(const clcms_layout *layout, int color_channel_count) {
  cmsUInt32Number space = PT_RGB;
  if (color_channel_count == 1) space = PT_GRAY;
  if (color_channel_count == 4) space = PT_CMYK;
  return FLOAT_SH(layout->sample_bytes == 4) | COLORSPACE_SH(space) |
         EXTRA_SH(layout->has_alpha != 0) | CHANNELS_SH((cmsUInt32Number)color_channel_count) |
         BYTES_SH((cmsUInt32Number)layout->sample_bytes);
}

static cmsHTRANSFORM create_transform(cmsContext context, const clcms_colors *colors,
                                      const clcms_layout *layout) {
  const clcms_colors srgb = {.curve = CLCMS_CURVE_SRGB,
                             .chromaticities = {0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15,
                                                0.06}};
  int input_channels = layout->color_channel_count;
  int output_channels = input_channels == 1 ? 1 : 3;
  cmsHPROFILE input = open_profile(context, colors, input_channels);
  cmsHPROFILE output = create_profile(context, &srgb, output_channels);
  cmsHTRANSFORM transform = NULL;
  cmsUInt32Number flags = cmsFLAGS_COPY_ALPHA | cmsFLAGS_NOCACHE;
  // The library's shortcuts are good for 8 bits: dark colors would be wrong by 0.5 %.
  if (layout->sample_bytes > 1) flags |= cmsFLAGS_NOOPTIMIZE;
  if (input != NULL && output != NULL) {
    transform = cmsCreateTransformTHR(context, input, pixel_format(layout, input_channels), output,
                                      pixel_format(layout, output_channels), INTENT_PERCEPTUAL,
                                      flags);
  }
  if (input != NULL) cmsCloseProfile(input);
  if (output != NULL) cmsCloseProfile(output);
  return transform;
}

clcms_transform *clcms_transform_create(const clcms_colors *colors, const clcms_layout *layout) {
  clcms_transform *result = calloc(1, sizeof *result);
  if (result == NULL) return NULL;
  result->context = clcms_create_context();
  if (result->context != NULL) {
    result->transform = create_transform(result->context, colors, layout);
  }
  if (result->transform != NULL) return result;
  clcms_transform_destroy(result);
  return NULL;
}

void clcms_transform_destroy(clcms_transform *transform) {
  if (transform == NULL) return;
  if (transform->transform != NULL) cmsDeleteTransform(transform->transform);
  if (transform->context != NULL) cmsDeleteContext(transform->context);
  free(transform);
}

void clcms_transform_run(const clcms_transform *transform, const void *input, void *output,
                         uint32_t pixel_count) {
  cmsDoTransform(transform->transform, input, output, pixel_count);
}

// The header of a profile holds the time at which it was made, which must not get into files.
static void set_date(uint8_t *bytes) {
  const uint8_t date[] = {0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};  // 2000-01-01
  memcpy(bytes + 24, date, sizeof date);
}

size_t clcms_make_profile(const clcms_colors *colors, int color_channel_count, uint8_t *bytes,
                          size_t capacity) {
  cmsContext context = clcms_create_context();
  if (context == NULL) return 0;
  cmsUInt32Number length = 0;
  cmsHPROFILE profile = create_profile(context, colors, color_channel_count);
  if (profile != NULL) {
    int is_made = cmsSaveProfileToMem(profile, NULL, &length) && length >= 128 &&
                  length <= capacity && cmsSaveProfileToMem(profile, bytes, &length);
    if (!is_made) length = 0;
    cmsCloseProfile(profile);
  }
  cmsDeleteContext(context);
  if (length > 0) set_date(bytes);
  return length;
}
