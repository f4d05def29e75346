// libavif, loaded when it is first used: with the codecs below it, it takes 3 ms of a start.
//
// The functions that the shim calls are listed twice: with their names, to be found, and as macros
// that call what was found. One that is missing here is an undefined symbol for the linker.
#ifndef CAVIF_LOADING_H
#define CAVIF_LOADING_H

#include <avif/avif.h>

#if defined(__linux__)

#define CAVIF_FUNCTIONS(X) \
  X(avifDecoderCreate) \
  X(avifDecoderDestroy) \
  X(avifDecoderNthImage) \
  X(avifDecoderNthImageTiming) \
  X(avifDecoderParse) \
  X(avifDecoderSetIO) \
  X(avifEncoderAddImage) \
  X(avifEncoderCreate) \
  X(avifEncoderDestroy) \
  X(avifEncoderFinish) \
  X(avifImageAllocatePlanes) \
  X(avifImageCreate) \
  X(avifImageCreateEmpty) \
  X(avifImageDestroy) \
  X(avifImageRGBToYUV) \
  X(avifImageSetMetadataExif) \
  X(avifImageSetMetadataXMP) \
  X(avifImageSetProfileICC) \
  X(avifImageSetViewRect) \
  X(avifImageYUVToRGB) \
  X(avifRGBImagePixelSize) \
  X(avifRGBImageSetDefaults) \
  X(avifRWDataFree) \
  X(avifResultToString) \
  X(avifVersion)

typedef struct cavif_functions {
#define CAVIF_MEMBER(name) __typeof__(&name) name;
  CAVIF_FUNCTIONS(CAVIF_MEMBER)
#undef CAVIF_MEMBER
} cavif_functions;

// The functions, or NULL if no library of the version for which this was compiled is there; those
// who ask `cavif_library_version` first never see that.
const cavif_functions *cavif_library(void);

#ifndef CAVIF_LOADING_IMPLEMENTATION
#define avifDecoderCreate (cavif_library()->avifDecoderCreate)
#define avifDecoderDestroy (cavif_library()->avifDecoderDestroy)
#define avifDecoderNthImage (cavif_library()->avifDecoderNthImage)
#define avifDecoderNthImageTiming (cavif_library()->avifDecoderNthImageTiming)
#define avifDecoderParse (cavif_library()->avifDecoderParse)
#define avifDecoderSetIO (cavif_library()->avifDecoderSetIO)
#define avifEncoderAddImage (cavif_library()->avifEncoderAddImage)
#define avifEncoderCreate (cavif_library()->avifEncoderCreate)
#define avifEncoderDestroy (cavif_library()->avifEncoderDestroy)
#define avifEncoderFinish (cavif_library()->avifEncoderFinish)
#define avifImageAllocatePlanes (cavif_library()->avifImageAllocatePlanes)
#define avifImageCreate (cavif_library()->avifImageCreate)
#define avifImageCreateEmpty (cavif_library()->avifImageCreateEmpty)
#define avifImageDestroy (cavif_library()->avifImageDestroy)
#define avifImageRGBToYUV (cavif_library()->avifImageRGBToYUV)
#define avifImageSetMetadataExif (cavif_library()->avifImageSetMetadataExif)
#define avifImageSetMetadataXMP (cavif_library()->avifImageSetMetadataXMP)
#define avifImageSetProfileICC (cavif_library()->avifImageSetProfileICC)
#define avifImageSetViewRect (cavif_library()->avifImageSetViewRect)
#define avifImageYUVToRGB (cavif_library()->avifImageYUVToRGB)
#define avifRGBImagePixelSize (cavif_library()->avifRGBImagePixelSize)
#define avifRGBImageSetDefaults (cavif_library()->avifRGBImageSetDefaults)
#define avifRWDataFree (cavif_library()->avifRWDataFree)
#define avifResultToString (cavif_library()->avifResultToString)
#define avifVersion (cavif_library()->avifVersion)
#endif

#endif

#endif
