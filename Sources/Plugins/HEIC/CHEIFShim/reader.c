// Nothing where the library is absent and the package trait HEIC off.
#if __has_include(<libheif/heif.h>)

#include <stdlib.h>
#include <string.h>

#include "loading.h"

#include "CHEIFShim.h"

struct cheif_reader {
  shim_read read;
  void *context;
  size_t byte_count;
  int64_t position;
  int has_failed_to_read;
  struct heif_context *heif;
  struct heif_image_handle *handle;
  struct heif_image *image;
  heif_item_id exif;
  heif_item_id xmp;
  cheif_contents contents;
  shim_report report;
};

// ---------------------------------------------------------------------------- the file

static int64_t get_position(void *data) { return ((cheif_reader *)data)->position; }

static int read_bytes(void *bytes, size_t count, void *data) {
  cheif_reader *reader = data;
  ptrdiff_t done = reader->read(reader->context, (size_t)reader->position, bytes, count);
  if (done < 0) reader->has_failed_to_read = 1;
  if (done < 0 || (size_t)done < count) return 1;
  reader->position += (int64_t)count;
  return 0;
}

static int seek(int64_t position, void *data) {
  cheif_reader *reader = data;
  if (position < 0 || (uint64_t)position > reader->byte_count) return 1;
  reader->position = position;
  return 0;
}

static enum heif_reader_grow_status wait_for_size(int64_t size, void *data) {
  const cheif_reader *reader = data;
  return size >= 0 && (uint64_t)size <= reader->byte_count
             ? heif_reader_grow_status_size_reached
             : heif_reader_grow_status_size_beyond_eof;
}

static const struct heif_reader callbacks = {1, get_position, read_bytes, seek, wait_for_size};

// ---------------------------------------------------------------------------- life

cheif_reader *cheif_reader_create(shim_read read, void *context, size_t byte_count) {
  cheif_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->heif = heif_context_alloc();
  if (reader->heif == NULL) {
    free(reader);
    return NULL;
  }
  reader->read = read;
  reader->context = context;
  reader->byte_count = byte_count;
  return reader;
}

void cheif_reader_destroy(cheif_reader *reader) {
  if (reader == NULL) return;
  if (reader->image != NULL) heif_image_release(reader->image);
  if (reader->handle != NULL) heif_image_handle_release(reader->handle);
  heif_context_free(reader->heif);
  free(reader);
}

static shim_status status_of(struct heif_error error) {
  switch (error.code) {
    case heif_error_Ok: return SHIM_STATUS_OK;
    case heif_error_Memory_allocation_error:
      // More than libheif allows is asked for by files, not by a want that may pass.
      return error.subcode == heif_suberror_Security_limit_exceeded ? SHIM_STATUS_UNSUPPORTED
                                                                    : SHIM_STATUS_OUT_OF_MEMORY;
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
    case heif_error_Plugin_loading_error: return SHIM_STATUS_UNSUPPORTED;
    case heif_error_Usage_error:
    case heif_error_Encoder_plugin_error:
    case heif_error_Encoding_error: return SHIM_STATUS_FAILED;
    default:
      return error.subcode == heif_suberror_End_of_data ? SHIM_STATUS_TRUNCATED
                                                        : SHIM_STATUS_MALFORMED;
  }
}

static shim_status check(cheif_reader *reader, struct heif_error error) {
  if (error.code == heif_error_Ok) return SHIM_STATUS_OK;
  shim_status status =
      reader->has_failed_to_read ? SHIM_STATUS_CALLBACK_FAILED : status_of(error);
  return shim_report_fail(&reader->report, status, error.message);
}

const shim_report *cheif_reader_report(const cheif_reader *reader) { return &reader->report; }

// ---------------------------------------------------------------------------- contents

// Finds the first Exif block and the first XMP packet.
static void find_blocks(cheif_reader *reader) {
  heif_item_id ids[64];
  int count =
      heif_image_handle_get_list_of_metadata_block_IDs(reader->handle, NULL, ids, 64);
  for (int i = 0; i < count; i++) {
    const char *type = heif_image_handle_get_metadata_type(reader->handle, ids[i]);
    const char *content = heif_image_handle_get_metadata_content_type(reader->handle, ids[i]);
    size_t size = heif_image_handle_get_metadata_size(reader->handle, ids[i]);
    if (type == NULL || size == 0) continue;
    if (strcmp(type, "Exif") == 0 && reader->contents.exif_count == 0) {
      reader->exif = ids[i];
      reader->contents.exif_count = size;
    } else if (strcmp(type, "mime") == 0 && content != NULL &&
               strcmp(content, "application/rdf+xml") == 0 && reader->contents.xmp_count == 0) {
      reader->xmp = ids[i];
      reader->contents.xmp_count = size;
    }
  }
}

static void find_colors(cheif_reader *reader) {
  cheif_contents *contents = &reader->contents;
  enum heif_color_profile_type type = heif_image_handle_get_color_profile_type(reader->handle);
  if (type == heif_color_profile_type_prof || type == heif_color_profile_type_rICC) {
    contents->icc_count = heif_image_handle_get_raw_color_profile_size(reader->handle);
  }
  struct heif_color_profile_nclx *nclx = NULL;
  struct heif_error error = heif_image_handle_get_nclx_color_profile(reader->handle, &nclx);
  if (error.code != heif_error_Ok || nclx == NULL) return;
  contents->has_code_points = 1;
  contents->primaries = (uint16_t)nclx->color_primaries;
  contents->transfer = (uint16_t)nclx->transfer_characteristics;
  contents->matrix = (uint16_t)nclx->matrix_coefficients;
  contents->is_full_range = nclx->full_range_flag;
  heif_nclx_color_profile_free(nclx);
}

shim_status cheif_reader_read_contents(cheif_reader *reader, int thread_count,
                                       cheif_contents *contents) {
  heif_context_set_max_decoding_threads(reader->heif, thread_count > 1 ? thread_count : 0);
  // Sizes are judged by who asks; a side of 65536 is more than HEVC has.
  heif_context_set_maximum_image_size_limit(reader->heif, 65536);
  shim_status status =
      check(reader, heif_context_read_from_reader(reader->heif, &callbacks, reader, NULL));
  if (status != SHIM_STATUS_OK) return status;
  status = check(reader, heif_context_get_primary_image_handle(reader->heif, &reader->handle));
  if (status != SHIM_STATUS_OK) return status;
  int width = heif_image_handle_get_width(reader->handle);
  int height = heif_image_handle_get_height(reader->handle);
  int coded_width = heif_image_handle_get_ispe_width(reader->handle);
  int coded_height = heif_image_handle_get_ispe_height(reader->handle);
  int depth = heif_image_handle_get_luma_bits_per_pixel(reader->handle);
  if (width < 1 || height < 1 || coded_width < 1 || coded_height < 1) {
    return shim_report_fail(&reader->report, SHIM_STATUS_MALFORMED, "it has no size");
  }
  if (depth < 8 || depth > 16) {
    return shim_report_fail(&reader->report, SHIM_STATUS_UNSUPPORTED,
                            depth < 1 ? "its codec" : "its bit depth");
  }
  reader->contents.width = (uint32_t)width;
  reader->contents.height = (uint32_t)height;
  reader->contents.coded_width = (uint32_t)coded_width;
  reader->contents.coded_height = (uint32_t)coded_height;
  // From here on it is a limit of grids and overlays, which say a size of their own: no more than was
  // announced, but for tiles of a small picture.
  int side = coded_width > coded_height ? coded_width : coded_height;
  int limit = side < 4096 ? 4096 : side < 65536 ? side : 65535;
  heif_context_set_maximum_image_size_limit(reader->heif, limit + 1);
  reader->contents.depth = depth;
  reader->contents.has_alpha = heif_image_handle_has_alpha_channel(reader->handle) != 0;
  reader->contents.is_premultiplied =
      reader->contents.has_alpha && heif_image_handle_is_premultiplied_alpha(reader->handle);
  find_blocks(reader);
  find_colors(reader);
  *contents = reader->contents;
  return SHIM_STATUS_OK;
}

shim_status cheif_reader_copy_blocks(cheif_reader *reader, uint8_t *icc, uint8_t *exif,
                                     uint8_t *xmp) {
  shim_status status = SHIM_STATUS_OK;
  if (icc != NULL && reader->contents.icc_count > 0) {
    status = check(reader, heif_image_handle_get_raw_color_profile(reader->handle, icc));
  }
  if (status == SHIM_STATUS_OK && exif != NULL && reader->contents.exif_count > 0) {
    status = check(reader, heif_image_handle_get_metadata(reader->handle, reader->exif, exif));
  }
  if (status == SHIM_STATUS_OK && xmp != NULL && reader->contents.xmp_count > 0) {
    status = check(reader, heif_image_handle_get_metadata(reader->handle, reader->xmp, xmp));
  }
  return status;
}

// ---------------------------------------------------------------------------- pixels

static enum heif_chroma chroma_of(const cheif_contents *contents) {
  if (contents->depth == 8) {
    return contents->has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
  }
  return contents->has_alpha ? heif_chroma_interleaved_RRGGBBAA_LE
                             : heif_chroma_interleaved_RRGGBB_LE;
}

shim_status cheif_reader_decode(cheif_reader *reader) {
  if (reader->image != NULL) heif_image_release(reader->image);
  reader->image = NULL;
  struct heif_decoding_options *options = heif_decoding_options_alloc();
  if (options == NULL) return SHIM_STATUS_OUT_OF_MEMORY;
  if (options->version >= 3) options->strict_decoding = 1;
  shim_status status =
      check(reader, heif_decode_image(reader->handle, &reader->image, heif_colorspace_RGB,
                                      chroma_of(&reader->contents), options));
  heif_decoding_options_free(options);
  if (status != SHIM_STATUS_OK) return status;
  const struct heif_image *image = reader->image;
  int stride = 0;
  int depth = heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
  if (heif_image_get_width(image, heif_channel_interleaved) != (int)reader->contents.width ||
      heif_image_get_height(image, heif_channel_interleaved) != (int)reader->contents.height ||
      heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride) == NULL ||
      depth < 8 || depth > 16 || (depth == 8) != (reader->contents.depth == 8)) {
    return shim_report_fail(&reader->report, SHIM_STATUS_MALFORMED,
                            "its pixels are not what its header announces");
  }
  return SHIM_STATUS_OK;
}

void cheif_reader_copy_rows(const cheif_reader *reader, uint32_t row, uint32_t count,
                            uint8_t *rows) {
  const size_t channels = reader->contents.has_alpha ? 4 : 3;
  const size_t sample_count = channels * reader->contents.width;
  int stride = 0;
  const uint8_t *pixels =
      heif_image_get_plane_readonly(reader->image, heif_channel_interleaved, &stride);
  const int depth = heif_image_get_bits_per_pixel_range(reader->image, heif_channel_interleaved);
  const uint32_t maximum = ((uint32_t)1 << depth) - 1;
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t *source = pixels + (size_t)(row + i) * (size_t)stride;
    if (depth == 8) {
      memcpy(rows + i * sample_count, source, sample_count);
      continue;
    }
    for (size_t j = 0; j < sample_count; j++) {
      uint32_t value = (uint32_t)source[2 * j] | (uint32_t)source[2 * j + 1] << 8;
      if (value > maximum) value = maximum;
      uint16_t sample = (uint16_t)((value * 65535u + maximum / 2) / maximum);
      memcpy(rows + 2 * (i * sample_count + j), &sample, sizeof sample);
    }
  }
}

#endif
