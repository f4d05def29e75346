// OpenJPEG, loaded when it is first used.
//
// The functions that the shim calls are listed twice: with their names, to be found, and as macros
// that call what was found. One that is missing here is an undefined symbol for the linker.
#ifndef CJP2_LOADING_H
#define CJP2_LOADING_H

#if __has_include(<openjpeg-2.5/openjpeg.h>)
#include <openjpeg-2.5/openjpeg.h>
#else
#include <openjpeg.h>
#endif

#if defined(__linux__)

#define CJP2_FUNCTIONS(X) \
  X(opj_codec_set_threads) \
  X(opj_create_compress) \
  X(opj_create_decompress) \
  X(opj_decode) \
  X(opj_decoder_set_strict_mode) \
  X(opj_destroy_codec) \
  X(opj_encoder_set_extra_options) \
  X(opj_end_compress) \
  X(opj_get_decoded_tile) \
  X(opj_image_destroy) \
  X(opj_image_tile_create) \
  X(opj_read_header) \
  X(opj_set_decoded_resolution_factor) \
  X(opj_set_default_decoder_parameters) \
  X(opj_set_default_encoder_parameters) \
  X(opj_set_error_handler) \
  X(opj_set_warning_handler) \
  X(opj_setup_decoder) \
  X(opj_setup_encoder) \
  X(opj_start_compress) \
  X(opj_stream_create) \
  X(opj_stream_destroy) \
  X(opj_stream_set_read_function) \
  X(opj_stream_set_seek_function) \
  X(opj_stream_set_skip_function) \
  X(opj_stream_set_user_data) \
  X(opj_stream_set_user_data_length) \
  X(opj_stream_set_write_function) \
  X(opj_version) \
  X(opj_write_tile)

typedef struct cjp2_functions {
#define CJP2_MEMBER(name) __typeof__(&name) name;
  CJP2_FUNCTIONS(CJP2_MEMBER)
#undef CJP2_MEMBER
} cjp2_functions;

// The functions, or NULL if the library is not there; those who ask `cjp2_library_version` first
// never see that.
const cjp2_functions *cjp2_library(void);

#ifndef CJP2_LOADING_IMPLEMENTATION
#define opj_codec_set_threads (cjp2_library()->opj_codec_set_threads)
#define opj_create_compress (cjp2_library()->opj_create_compress)
#define opj_create_decompress (cjp2_library()->opj_create_decompress)
#define opj_decode (cjp2_library()->opj_decode)
#define opj_decoder_set_strict_mode (cjp2_library()->opj_decoder_set_strict_mode)
#define opj_destroy_codec (cjp2_library()->opj_destroy_codec)
#define opj_encoder_set_extra_options (cjp2_library()->opj_encoder_set_extra_options)
#define opj_end_compress (cjp2_library()->opj_end_compress)
#define opj_get_decoded_tile (cjp2_library()->opj_get_decoded_tile)
#define opj_image_destroy (cjp2_library()->opj_image_destroy)
#define opj_image_tile_create (cjp2_library()->opj_image_tile_create)
#define opj_read_header (cjp2_library()->opj_read_header)
#define opj_set_decoded_resolution_factor (cjp2_library()->opj_set_decoded_resolution_factor)
#define opj_set_default_decoder_parameters (cjp2_library()->opj_set_default_decoder_parameters)
#define opj_set_default_encoder_parameters (cjp2_library()->opj_set_default_encoder_parameters)
#define opj_set_error_handler (cjp2_library()->opj_set_error_handler)
#define opj_set_warning_handler (cjp2_library()->opj_set_warning_handler)
#define opj_setup_decoder (cjp2_library()->opj_setup_decoder)
#define opj_setup_encoder (cjp2_library()->opj_setup_encoder)
#define opj_start_compress (cjp2_library()->opj_start_compress)
#define opj_stream_create (cjp2_library()->opj_stream_create)
#define opj_stream_destroy (cjp2_library()->opj_stream_destroy)
#define opj_stream_set_read_function (cjp2_library()->opj_stream_set_read_function)
#define opj_stream_set_seek_function (cjp2_library()->opj_stream_set_seek_function)
#define opj_stream_set_skip_function (cjp2_library()->opj_stream_set_skip_function)
#define opj_stream_set_user_data (cjp2_library()->opj_stream_set_user_data)
#define opj_stream_set_user_data_length (cjp2_library()->opj_stream_set_user_data_length)
#define opj_stream_set_write_function (cjp2_library()->opj_stream_set_write_function)
#define opj_version (cjp2_library()->opj_version)
#define opj_write_tile (cjp2_library()->opj_write_tile)
#endif

#endif

#endif
