// OpenEXR's core library, loaded when it is first used.
//
// The functions that the shim calls are listed twice: with their names, to be found, and as macros
// that call what was found. One that is missing here is an undefined symbol for the linker.
#ifndef CEXR_LOADING_H
#define CEXR_LOADING_H

#if __has_include(<OpenEXR/openexr.h>)
#include <OpenEXR/openexr.h>
#else
#include <openexr.h>
#endif

#if defined(__linux__)

#define CEXR_FUNCTIONS(X) \
  X(exr_add_channel) \
  X(exr_add_part) \
  X(exr_attr_set_chromaticities) \
  X(exr_attr_set_float) \
  X(exr_attr_set_string) \
  X(exr_decoding_choose_default_routines) \
  X(exr_decoding_destroy) \
  X(exr_decoding_initialize) \
  X(exr_decoding_run) \
  X(exr_decoding_update) \
  X(exr_encoding_choose_default_routines) \
  X(exr_encoding_destroy) \
  X(exr_encoding_initialize) \
  X(exr_encoding_run) \
  X(exr_encoding_update) \
  X(exr_finish) \
  X(exr_get_default_error_message) \
  X(exr_get_library_version) \
  X(exr_get_scanlines_per_chunk) \
  X(exr_initialize_required_attr) \
  X(exr_read_scanline_chunk_info) \
  X(exr_read_tile_chunk_info) \
  X(exr_start_read) \
  X(exr_start_write) \
  X(exr_write_header) \
  X(exr_write_scanline_chunk_info)

typedef struct cexr_functions {
#define CEXR_MEMBER(name) __typeof__(&name) name;
  CEXR_FUNCTIONS(CEXR_MEMBER)
#undef CEXR_MEMBER
} cexr_functions;

// The functions, or NULL if the library is not there; those who ask `cexr_library_version` first
// never see that.
const cexr_functions *cexr_library(void);

#ifndef CEXR_LOADING_IMPLEMENTATION
#define exr_add_channel (cexr_library()->exr_add_channel)
#define exr_add_part (cexr_library()->exr_add_part)
#define exr_attr_set_chromaticities (cexr_library()->exr_attr_set_chromaticities)
#define exr_attr_set_float (cexr_library()->exr_attr_set_float)
#define exr_attr_set_string (cexr_library()->exr_attr_set_string)
#define exr_decoding_choose_default_routines (cexr_library()->exr_decoding_choose_default_routines)
#define exr_decoding_destroy (cexr_library()->exr_decoding_destroy)
#define exr_decoding_initialize (cexr_library()->exr_decoding_initialize)
#define exr_decoding_run (cexr_library()->exr_decoding_run)
#define exr_decoding_update (cexr_library()->exr_decoding_update)
#define exr_encoding_choose_default_routines (cexr_library()->exr_encoding_choose_default_routines)
#define exr_encoding_destroy (cexr_library()->exr_encoding_destroy)
#define exr_encoding_initialize (cexr_library()->exr_encoding_initialize)
#define exr_encoding_run (cexr_library()->exr_encoding_run)
#define exr_encoding_update (cexr_library()->exr_encoding_update)
#define exr_finish (cexr_library()->exr_finish)
#define exr_get_default_error_message (cexr_library()->exr_get_default_error_message)
#define exr_get_library_version (cexr_library()->exr_get_library_version)
#define exr_get_scanlines_per_chunk (cexr_library()->exr_get_scanlines_per_chunk)
#define exr_initialize_required_attr (cexr_library()->exr_initialize_required_attr)
#define exr_read_scanline_chunk_info (cexr_library()->exr_read_scanline_chunk_info)
#define exr_read_tile_chunk_info (cexr_library()->exr_read_tile_chunk_info)
#define exr_start_read (cexr_library()->exr_start_read)
#define exr_start_write (cexr_library()->exr_start_write)
#define exr_write_header (cexr_library()->exr_write_header)
#define exr_write_scanline_chunk_info (cexr_library()->exr_write_scanline_chunk_info)
#endif

#endif

#endif
