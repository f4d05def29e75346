// libheif, loaded when it is first used: it brings decoders for many codecs.
//
// The functions that the shim calls are listed twice: with their names, to be found, and as macros
// that call what was found. One that is missing here is an undefined symbol for the linker.
#ifndef CHEIF_LOADING_H
#define CHEIF_LOADING_H

#include <libheif/heif.h>

#if defined(__linux__)

#define CHEIF_FUNCTIONS(X) \
  X(heif_context_alloc) \
  X(heif_context_free) \
  X(heif_context_get_primary_image_handle) \
  X(heif_context_read_from_reader) \
  X(heif_context_set_max_decoding_threads) \
  X(heif_context_set_maximum_image_size_limit) \
  X(heif_decode_image) \
  X(heif_decoding_options_alloc) \
  X(heif_decoding_options_free) \
  X(heif_get_version) \
  X(heif_image_get_bits_per_pixel_range) \
  X(heif_image_get_height) \
  X(heif_image_get_plane_readonly) \
  X(heif_image_get_width) \
  X(heif_image_handle_get_color_profile_type) \
  X(heif_image_handle_get_height) \
  X(heif_image_handle_get_ispe_height) \
  X(heif_image_handle_get_ispe_width) \
  X(heif_image_handle_get_list_of_metadata_block_IDs) \
  X(heif_image_handle_get_luma_bits_per_pixel) \
  X(heif_image_handle_get_metadata) \
  X(heif_image_handle_get_metadata_content_type) \
  X(heif_image_handle_get_metadata_size) \
  X(heif_image_handle_get_metadata_type) \
  X(heif_image_handle_get_nclx_color_profile) \
  X(heif_image_handle_get_raw_color_profile) \
  X(heif_image_handle_get_raw_color_profile_size) \
  X(heif_image_handle_get_width) \
  X(heif_image_handle_has_alpha_channel) \
  X(heif_image_handle_is_premultiplied_alpha) \
  X(heif_image_handle_release) \
  X(heif_image_release) \
  X(heif_nclx_color_profile_free)

typedef struct cheif_functions {
#define CHEIF_MEMBER(name) __typeof__(&name) name;
  CHEIF_FUNCTIONS(CHEIF_MEMBER)
#undef CHEIF_MEMBER
} cheif_functions;

// The functions, or NULL if the library is not there; those who ask `cheif_library_version` first
// never see that.
const cheif_functions *cheif_library(void);

#ifndef CHEIF_LOADING_IMPLEMENTATION
#define heif_context_alloc (cheif_library()->heif_context_alloc)
#define heif_context_free (cheif_library()->heif_context_free)
#define heif_context_get_primary_image_handle (cheif_library()->heif_context_get_primary_image_handle)
#define heif_context_read_from_reader (cheif_library()->heif_context_read_from_reader)
#define heif_context_set_max_decoding_threads (cheif_library()->heif_context_set_max_decoding_threads)
#define heif_context_set_maximum_image_size_limit (cheif_library()->heif_context_set_maximum_image_size_limit)
#define heif_decode_image (cheif_library()->heif_decode_image)
#define heif_decoding_options_alloc (cheif_library()->heif_decoding_options_alloc)
#define heif_decoding_options_free (cheif_library()->heif_decoding_options_free)
#define heif_get_version (cheif_library()->heif_get_version)
#define heif_image_get_bits_per_pixel_range (cheif_library()->heif_image_get_bits_per_pixel_range)
#define heif_image_get_height (cheif_library()->heif_image_get_height)
#define heif_image_get_plane_readonly (cheif_library()->heif_image_get_plane_readonly)
#define heif_image_get_width (cheif_library()->heif_image_get_width)
#define heif_image_handle_get_color_profile_type (cheif_library()->heif_image_handle_get_color_profile_type)
#define heif_image_handle_get_height (cheif_library()->heif_image_handle_get_height)
#define heif_image_handle_get_ispe_height (cheif_library()->heif_image_handle_get_ispe_height)
#define heif_image_handle_get_ispe_width (cheif_library()->heif_image_handle_get_ispe_width)
#define heif_image_handle_get_list_of_metadata_block_IDs (cheif_library()->heif_image_handle_get_list_of_metadata_block_IDs)
#define heif_image_handle_get_luma_bits_per_pixel (cheif_library()->heif_image_handle_get_luma_bits_per_pixel)
#define heif_image_handle_get_metadata (cheif_library()->heif_image_handle_get_metadata)
#define heif_image_handle_get_metadata_content_type (cheif_library()->heif_image_handle_get_metadata_content_type)
#define heif_image_handle_get_metadata_size (cheif_library()->heif_image_handle_get_metadata_size)
#define heif_image_handle_get_metadata_type (cheif_library()->heif_image_handle_get_metadata_type)
#define heif_image_handle_get_nclx_color_profile (cheif_library()->heif_image_handle_get_nclx_color_profile)
#define heif_image_handle_get_raw_color_profile (cheif_library()->heif_image_handle_get_raw_color_profile)
#define heif_image_handle_get_raw_color_profile_size (cheif_library()->heif_image_handle_get_raw_color_profile_size)
#define heif_image_handle_get_width (cheif_library()->heif_image_handle_get_width)
#define heif_image_handle_has_alpha_channel (cheif_library()->heif_image_handle_has_alpha_channel)
#define heif_image_handle_is_premultiplied_alpha (cheif_library()->heif_image_handle_is_premultiplied_alpha)
#define heif_image_handle_release (cheif_library()->heif_image_handle_release)
#define heif_image_release (cheif_library()->heif_image_release)
#define heif_nclx_color_profile_free (cheif_library()->heif_nclx_color_profile_free)
#endif

#endif

#endif
