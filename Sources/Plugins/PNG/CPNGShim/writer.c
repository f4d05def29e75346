#include <setjmp.h>
#include <stdlib.h>

#include "report.h"

struct cpng_writer {
  png_structp png;
  png_infop info;
  shim_append append;
  void *context;
  int sample_bits;
  cpng_report report;
};

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  cpng_writer *writer = png_get_io_ptr(png);
  if (writer->append(writer->context, bytes, count) != 0) {
    writer->report.base.status = SHIM_STATUS_CALLBACK_FAILED;
    png_error(png, "the output cannot be written");
  }
}

// The caller's buffer is flushed by the caller.
static void on_flush(png_structp png) { (void)png; }

cpng_writer *cpng_writer_create(shim_append append, void *context) {
  cpng_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->append = append;
  writer->context = context;
  writer->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &writer->report,
                                          cpng_report_error, cpng_report_warning, &writer->report,
                                          cpng_report_malloc, cpng_report_free);
  if (writer->png == NULL) {
    cpng_writer_destroy(writer);
    return NULL;
  }
  // By itself: C17 7.13.1.1 knows no other expression around it than a comparison.
  if (setjmp(png_jmpbuf(writer->png))) {
    cpng_writer_destroy(writer);
    return NULL;
  }
  writer->info = png_create_info_struct(writer->png);
  if (writer->info == NULL) {
    cpng_writer_destroy(writer);
    return NULL;
  }
  png_set_write_fn(writer->png, writer, on_write, on_flush);
  png_set_user_limits(writer->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // An invalid profile must not cost the picture.
  png_set_benign_errors(writer->png, 1);
#ifdef PNG_SKIP_sRGB_CHECK_PROFILE
  png_set_option(writer->png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
#endif
  return writer;
}

void cpng_writer_destroy(cpng_writer *writer) {
  if (writer == NULL) return;
  if (writer->png != NULL) png_destroy_write_struct(&writer->png, &writer->info);
  free(writer);
}

static int color_type(int channel_count) {
  switch (channel_count) {
    case 1: return PNG_COLOR_TYPE_GRAY;
    case 2: return PNG_COLOR_TYPE_GRAY_ALPHA;
    case 3: return PNG_COLOR_TYPE_RGB;
    default: return PNG_COLOR_TYPE_RGB_ALPHA;
  }
}

static int filters(const cpng_image *image) {
  switch (image->filter) {
    case CPNG_FILTER_NONE: return PNG_FILTER_NONE;
    case CPNG_FILTER_SUB: return PNG_FILTER_SUB;
    case CPNG_FILTER_UP: return PNG_FILTER_UP;
    case CPNG_FILTER_AVERAGE: return PNG_FILTER_AVG;
    case CPNG_FILTER_PAETH: return PNG_FILTER_PAETH;
    case CPNG_FILTER_ALL: return PNG_ALL_FILTERS;
    case CPNG_FILTER_AUTO: break;
  }
  // Where compression is cheap, choosing among five filters would cost more than it.
  if (image->compression == 0) return PNG_FILTER_NONE;
  return image->compression <= 3 ? PNG_FAST_FILTERS : PNG_ALL_FILTERS;
}

// libpng has zlib drop short matches wherever rows are filtered. That pays only at the highest
// levels, where it makes photographs up to 5 % smaller; below, it takes up to half more time for as
// many bytes or more.
static void set_compression(cpng_writer *writer, const cpng_image *image) {
  png_set_compression_level(writer->png, image->compression);
  if (image->compression <= 6) {
    png_set_compression_strategy(writer->png, PNG_Z_DEFAULT_NOFILTER_STRATEGY);
  }
  png_set_compression_buffer_size(writer->png, 1 << 16);
}

shim_status cpng_writer_write_header(cpng_writer *writer, const cpng_image *image,
                                     const uint8_t *icc, size_t icc_length) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(png_jmpbuf(writer->png))) return writer->report.base.status;
  writer->sample_bits = image->sample_bits;
  set_compression(writer, image);
  png_set_filter(writer->png, PNG_FILTER_TYPE_BASE, filters(image));
  png_set_IHDR(writer->png, writer->info, image->width, image->height, image->sample_bits,
               image->is_palette ? PNG_COLOR_TYPE_PALETTE : color_type(image->channel_count),
               image->is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  if (icc_length > PNG_UINT_31_MAX) png_error(writer->png, "a profile of more than 2 GiB");
  if (icc != NULL) {
    png_set_iCCP(writer->png, writer->info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, icc,
                 (png_uint_32)icc_length);
  }
  png_write_info_before_PLTE(writer->png, writer->info);
  return SHIM_STATUS_OK;
}

int cpng_writer_has_profile(cpng_writer *writer) {
  return png_get_valid(writer->png, writer->info, PNG_INFO_iCCP) != 0;
}

static void set_palette(cpng_writer *writer, const uint8_t *colors, size_t color_count,
                        const uint8_t *alphas, size_t alpha_count) {
  png_color palette[PNG_MAX_PALETTE_LENGTH];
  for (size_t i = 0; i < color_count; i++) {
    palette[i] = (png_color){colors[3 * i], colors[3 * i + 1], colors[3 * i + 2]};
  }
  png_set_PLTE(writer->png, writer->info, palette, (int)color_count);
  if (alpha_count > 0) {
    png_set_tRNS(writer->png, writer->info, alphas, (int)alpha_count, NULL);
  }
}

shim_status cpng_writer_write_palette(cpng_writer *writer, const uint8_t *colors,
                                      size_t color_count, const uint8_t *alphas,
                                      size_t alpha_count) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(png_jmpbuf(writer->png))) return writer->report.base.status;
  if (color_count > PNG_MAX_PALETTE_LENGTH || alpha_count > color_count) {
    png_error(writer->png, "too many colors");
  }
  if (color_count > 0) set_palette(writer, colors, color_count, alphas, alpha_count);
  png_write_info(writer->png, writer->info);
  if (writer->sample_bits < 8) png_set_packing(writer->png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (writer->sample_bits == 16) png_set_swap(writer->png);
#endif
  png_set_interlace_handling(writer->png);
  return SHIM_STATUS_OK;
}

shim_status cpng_writer_write_chunk(cpng_writer *writer, const char *type, const uint8_t *bytes,
                                    size_t length) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(png_jmpbuf(writer->png))) return writer->report.base.status;
  png_write_chunk(writer->png, (png_const_bytep)type, bytes, length);
  return SHIM_STATUS_OK;
}

shim_status cpng_writer_write_rows(cpng_writer *writer, const uint8_t *rows, size_t bytes_per_row,
                                   uint32_t count) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(png_jmpbuf(writer->png))) return writer->report.base.status;
  for (uint32_t row = 0; row < count; row++) {
    png_write_row(writer->png, rows + row * bytes_per_row);
  }
  return SHIM_STATUS_OK;
}

shim_status cpng_writer_finish(cpng_writer *writer) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(png_jmpbuf(writer->png))) return writer->report.base.status;
  png_write_end(writer->png, NULL);
  return SHIM_STATUS_OK;
}

const shim_report *cpng_writer_report(const cpng_writer *writer) { return &writer->report.base; }
