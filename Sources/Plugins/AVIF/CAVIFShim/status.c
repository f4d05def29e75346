// Nothing where the library is absent and the package trait AVIF off.
#if __has_include(<avif/avif.h>)

#include "status.h"

int cavif_can_write_loops(void) { return AVIF_VERSION >= 1000000; }

shim_status cavif_status_of(avifResult result) {
  switch (result) {
    case AVIF_RESULT_OK: return SHIM_STATUS_OK;
    case AVIF_RESULT_TRUNCATED_DATA:
    case AVIF_RESULT_IO_ERROR: return SHIM_STATUS_TRUNCATED;
    case AVIF_RESULT_INVALID_FTYP:
    case AVIF_RESULT_NO_AV1_ITEMS_FOUND:
    case AVIF_RESULT_NO_CODEC_AVAILABLE:
    case AVIF_RESULT_NOT_IMPLEMENTED:
    case AVIF_RESULT_UNSUPPORTED_DEPTH: return SHIM_STATUS_UNSUPPORTED;
    case AVIF_RESULT_OUT_OF_MEMORY: return SHIM_STATUS_OUT_OF_MEMORY;
    case AVIF_RESULT_UNKNOWN_ERROR: return SHIM_STATUS_FAILED;
    default: return SHIM_STATUS_MALFORMED;
  }
}

#endif
