#include <string.h>

#include "CLCMSShim.h"
#include "context.h"

// Tables count before matrices and curves.
static int has_tables(cmsHPROFILE profile) {
  static const cmsTagSignature kTables[] = {cmsSigAToB0Tag, cmsSigAToB1Tag, cmsSigAToB2Tag,
                                            cmsSigDToB0Tag, cmsSigDToB1Tag, cmsSigDToB2Tag,
                                            cmsSigDToB3Tag};
  for (size_t i = 0; i < sizeof kTables / sizeof *kTables; i++) {
    if (cmsIsTag(profile, kTables[i])) return 1;
  }
  return 0;
}

static int sample_curve(cmsHPROFILE profile, cmsTagSignature tag, float *samples) {
  const cmsToneCurve *curve = cmsReadTag(profile, tag);
  if (curve == NULL) return 0;
  for (int i = 0; i < CLCMS_CURVE_SAMPLE_COUNT; i++) {
    samples[i] = cmsEvalToneCurveFloat(curve, (float)i / (CLCMS_CURVE_SAMPLE_COUNT - 1));
  }
  return 1;
}

static int describe_channel(cmsHPROFILE profile, cmsTagSignature colorant_tag,
                            cmsTagSignature curve_tag, double *numbers, float *samples) {
  const cmsCIEXYZ *colorant = cmsReadTag(profile, colorant_tag);
  if (colorant == NULL) return 0;
  numbers[0] = colorant->X;
  numbers[1] = colorant->Y;
  numbers[2] = colorant->Z;
  return sample_curve(profile, curve_tag, samples);
}

static int describe_channels(cmsHPROFILE profile, int count, double *colorants, float *curves) {
  const int step = CLCMS_CURVE_SAMPLE_COUNT;
  if (count == 1) return sample_curve(profile, cmsSigGrayTRCTag, curves);
  return describe_channel(profile, cmsSigRedColorantTag, cmsSigRedTRCTag, colorants, curves) &&
         describe_channel(profile, cmsSigGreenColorantTag, cmsSigGreenTRCTag, colorants + 3,
                          curves + step) &&
         describe_channel(profile, cmsSigBlueColorantTag, cmsSigBlueTRCTag, colorants + 6,
                          curves + 2 * step);
}

// Libraries before 2.14 do not know the tag.
static void describe_code_points(cmsHPROFILE profile, clcms_description *description) {
#if LCMS_VERSION >= 2140
  const cmsVideoSignalType *signal = cmsReadTag(profile, cmsSigcicpTag);
  if (signal == NULL) return;
  description->has_code_points = 1;
  description->code_points[0] = signal->ColourPrimaries;
  description->code_points[1] = signal->TransferCharacteristics;
  description->code_points[2] = signal->MatrixCoefficients;
  description->code_points[3] = signal->VideoFullRangeFlag;
#else
  (void)profile;
  (void)description;
#endif
}

int clcms_describe(const uint8_t *bytes, size_t length, int color_channel_count,
                   clcms_description *description, double *colorants, float *curves) {
  memset(description, 0, sizeof *description);
  cmsContext context = length <= UINT32_MAX ? clcms_create_context() : NULL;
  if (context == NULL) return 0;
  cmsHPROFILE profile = cmsOpenProfileFromMemTHR(context, bytes, (cmsUInt32Number)length);
  cmsColorSpaceSignature space = color_channel_count == 1 ? cmsSigGrayData : cmsSigRgbData;
  int is_readable = profile != NULL && color_channel_count != 4 &&
                    cmsGetColorSpace(profile) == space;
  if (is_readable) {
    description->is_plain =
        cmsGetPCS(profile) == cmsSigXYZData && !has_tables(profile) &&
        describe_channels(profile, color_channel_count, colorants, curves);
    describe_code_points(profile, description);
  }
  if (profile != NULL) cmsCloseProfile(profile);
  cmsDeleteContext(context);
  return is_readable;
}
