// libjxl, loaded when it is first used: with what is below it, it takes 4 ms of a start.
//
// The functions that the shim calls are listed twice: with their names, to be found, and as macros
// that call what was found. One that is missing here is an undefined symbol for the linker.
#ifndef CJXL_LOADING_H
#define CJXL_LOADING_H

#include <jxl/decode.h>
#include <jxl/encode.h>
#include <jxl/thread_parallel_runner.h>

#if defined(__linux__)

#define CJXL_FUNCTIONS(X) \
  X(JxlColorEncodingSetToSRGB) \
  X(JxlDecoderCloseInput) \
  X(JxlDecoderCreate) \
  X(JxlDecoderDestroy) \
  X(JxlDecoderFlushImage) \
  X(JxlDecoderGetBasicInfo) \
  X(JxlDecoderGetBoxType) \
  X(JxlDecoderGetColorAsEncodedProfile) \
  X(JxlDecoderGetColorAsICCProfile) \
  X(JxlDecoderGetExtraChannelInfo) \
  X(JxlDecoderGetFrameHeader) \
  X(JxlDecoderGetICCProfileSize) \
  X(JxlDecoderImageOutBufferSize) \
  X(JxlDecoderProcessInput) \
  X(JxlDecoderReleaseBoxBuffer) \
  X(JxlDecoderReleaseInput) \
  X(JxlDecoderReleaseJPEGBuffer) \
  X(JxlDecoderSetBoxBuffer) \
  X(JxlDecoderSetDecompressBoxes) \
  X(JxlDecoderSetImageOutBuffer) \
  X(JxlDecoderSetInput) \
  X(JxlDecoderSetJPEGBuffer) \
  X(JxlDecoderSetKeepOrientation) \
  X(JxlDecoderSetParallelRunner) \
  X(JxlDecoderSetPreferredColorProfile) \
  X(JxlDecoderSkipFrames) \
  X(JxlDecoderSubscribeEvents) \
  X(JxlDecoderVersion) \
  X(JxlEncoderAddBox) \
  X(JxlEncoderAddImageFrame) \
  X(JxlEncoderAddJPEGFrame) \
  X(JxlEncoderCloseBoxes) \
  X(JxlEncoderCloseInput) \
  X(JxlEncoderCreate) \
  X(JxlEncoderDestroy) \
  X(JxlEncoderFrameSettingsCreate) \
  X(JxlEncoderFrameSettingsSetOption) \
  X(JxlEncoderGetError) \
  X(JxlEncoderGetRequiredCodestreamLevel) \
  X(JxlEncoderInitBasicInfo) \
  X(JxlEncoderInitFrameHeader) \
  X(JxlEncoderProcessOutput) \
  X(JxlEncoderSetBasicInfo) \
  X(JxlEncoderSetCodestreamLevel) \
  X(JxlEncoderSetColorEncoding) \
  X(JxlEncoderSetFrameDistance) \
  X(JxlEncoderSetFrameHeader) \
  X(JxlEncoderSetFrameLossless) \
  X(JxlEncoderSetICCProfile) \
  X(JxlEncoderSetParallelRunner) \
  X(JxlEncoderStoreJPEGMetadata) \
  X(JxlEncoderUseBoxes) \
  X(JxlEncoderUseContainer)

#define CJXL_THREAD_FUNCTIONS(X) \
  X(JxlThreadParallelRunner) \
  X(JxlThreadParallelRunnerCreate) \
  X(JxlThreadParallelRunnerDestroy)

typedef struct cjxl_functions {
#define CJXL_MEMBER(name) __typeof__(&name) name;
  CJXL_FUNCTIONS(CJXL_MEMBER)
  CJXL_THREAD_FUNCTIONS(CJXL_MEMBER)
#undef CJXL_MEMBER
} cjxl_functions;

// The functions, or NULL if no library of the version for which this was compiled is there; those
// who ask `cjxl_library_version` first never see that.
const cjxl_functions *cjxl_library(void);

#ifndef CJXL_LOADING_IMPLEMENTATION
#define JxlColorEncodingSetToSRGB (cjxl_library()->JxlColorEncodingSetToSRGB)
#define JxlDecoderCloseInput (cjxl_library()->JxlDecoderCloseInput)
#define JxlDecoderCreate (cjxl_library()->JxlDecoderCreate)
#define JxlDecoderDestroy (cjxl_library()->JxlDecoderDestroy)
#define JxlDecoderFlushImage (cjxl_library()->JxlDecoderFlushImage)
#define JxlDecoderGetBasicInfo (cjxl_library()->JxlDecoderGetBasicInfo)
#define JxlDecoderGetBoxType (cjxl_library()->JxlDecoderGetBoxType)
#define JxlDecoderGetColorAsEncodedProfile (cjxl_library()->JxlDecoderGetColorAsEncodedProfile)
#define JxlDecoderGetColorAsICCProfile (cjxl_library()->JxlDecoderGetColorAsICCProfile)
#define JxlDecoderGetExtraChannelInfo (cjxl_library()->JxlDecoderGetExtraChannelInfo)
#define JxlDecoderGetFrameHeader (cjxl_library()->JxlDecoderGetFrameHeader)
#define JxlDecoderGetICCProfileSize (cjxl_library()->JxlDecoderGetICCProfileSize)
#define JxlDecoderImageOutBufferSize (cjxl_library()->JxlDecoderImageOutBufferSize)
#define JxlDecoderProcessInput (cjxl_library()->JxlDecoderProcessInput)
#define JxlDecoderReleaseBoxBuffer (cjxl_library()->JxlDecoderReleaseBoxBuffer)
#define JxlDecoderReleaseInput (cjxl_library()->JxlDecoderReleaseInput)
#define JxlDecoderReleaseJPEGBuffer (cjxl_library()->JxlDecoderReleaseJPEGBuffer)
#define JxlDecoderSetBoxBuffer (cjxl_library()->JxlDecoderSetBoxBuffer)
#define JxlDecoderSetDecompressBoxes (cjxl_library()->JxlDecoderSetDecompressBoxes)
#define JxlDecoderSetImageOutBuffer (cjxl_library()->JxlDecoderSetImageOutBuffer)
#define JxlDecoderSetInput (cjxl_library()->JxlDecoderSetInput)
#define JxlDecoderSetJPEGBuffer (cjxl_library()->JxlDecoderSetJPEGBuffer)
#define JxlDecoderSetKeepOrientation (cjxl_library()->JxlDecoderSetKeepOrientation)
#define JxlDecoderSetParallelRunner (cjxl_library()->JxlDecoderSetParallelRunner)
#define JxlDecoderSetPreferredColorProfile (cjxl_library()->JxlDecoderSetPreferredColorProfile)
#define JxlDecoderSkipFrames (cjxl_library()->JxlDecoderSkipFrames)
#define JxlDecoderSubscribeEvents (cjxl_library()->JxlDecoderSubscribeEvents)
#define JxlDecoderVersion (cjxl_library()->JxlDecoderVersion)
#define JxlEncoderAddBox (cjxl_library()->JxlEncoderAddBox)
#define JxlEncoderAddImageFrame (cjxl_library()->JxlEncoderAddImageFrame)
#define JxlEncoderAddJPEGFrame (cjxl_library()->JxlEncoderAddJPEGFrame)
#define JxlEncoderCloseBoxes (cjxl_library()->JxlEncoderCloseBoxes)
#define JxlEncoderCloseInput (cjxl_library()->JxlEncoderCloseInput)
#define JxlEncoderCreate (cjxl_library()->JxlEncoderCreate)
#define JxlEncoderDestroy (cjxl_library()->JxlEncoderDestroy)
#define JxlEncoderFrameSettingsCreate (cjxl_library()->JxlEncoderFrameSettingsCreate)
#define JxlEncoderFrameSettingsSetOption (cjxl_library()->JxlEncoderFrameSettingsSetOption)
#define JxlEncoderGetError (cjxl_library()->JxlEncoderGetError)
#define JxlEncoderGetRequiredCodestreamLevel (cjxl_library()->JxlEncoderGetRequiredCodestreamLevel)
#define JxlEncoderInitBasicInfo (cjxl_library()->JxlEncoderInitBasicInfo)
#define JxlEncoderInitFrameHeader (cjxl_library()->JxlEncoderInitFrameHeader)
#define JxlEncoderProcessOutput (cjxl_library()->JxlEncoderProcessOutput)
#define JxlEncoderSetBasicInfo (cjxl_library()->JxlEncoderSetBasicInfo)
#define JxlEncoderSetCodestreamLevel (cjxl_library()->JxlEncoderSetCodestreamLevel)
#define JxlEncoderSetColorEncoding (cjxl_library()->JxlEncoderSetColorEncoding)
#define JxlEncoderSetFrameDistance (cjxl_library()->JxlEncoderSetFrameDistance)
#define JxlEncoderSetFrameHeader (cjxl_library()->JxlEncoderSetFrameHeader)
#define JxlEncoderSetFrameLossless (cjxl_library()->JxlEncoderSetFrameLossless)
#define JxlEncoderSetICCProfile (cjxl_library()->JxlEncoderSetICCProfile)
#define JxlEncoderSetParallelRunner (cjxl_library()->JxlEncoderSetParallelRunner)
#define JxlEncoderStoreJPEGMetadata (cjxl_library()->JxlEncoderStoreJPEGMetadata)
#define JxlEncoderUseBoxes (cjxl_library()->JxlEncoderUseBoxes)
#define JxlEncoderUseContainer (cjxl_library()->JxlEncoderUseContainer)
#define JxlThreadParallelRunner (cjxl_library()->JxlThreadParallelRunner)
#define JxlThreadParallelRunnerCreate (cjxl_library()->JxlThreadParallelRunnerCreate)
#define JxlThreadParallelRunnerDestroy (cjxl_library()->JxlThreadParallelRunnerDestroy)
#endif

#endif

#endif
