#include <limits.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

struct cpng_reader {
  png_structp png;
  png_infop info;
  cpng_read read;
  void *context;
  cpng_report report;
  // Owned by `info`.
  png_bytep icc;
  png_uint_32 icc_length;
  png_textp texts;
  int text_count;
  // Of a picture with a palette: the row that libpng delivers, which has an index for each pixel,
  // and what an index stands for. Beyond the palette that is its darkest color: black, as other
  // readers have it, where there is black, and never one that a palette in the output would lack.
  uint8_t *indices;
  uint8_t colors[PNG_MAX_PALETTE_LENGTH][4];
  int color_count;
  int channel_count;
  // The row and the pass that come next.
  uint32_t row;
  int pass;
  // The first row with an index beyond the palette, or UINT32_MAX.
  uint32_t first_bad_row;
};

// Names the chunk in which the input ended, which a short read alone does not tell.
static void raise_truncated(png_structp png, shim_report *report) {
  report->status = SHIM_STATUS_TRUNCATED;
  if (png_get_io_state(png) & PNG_IO_CHUNK_HDR) png_error(png, "the file ends between chunks");
  png_uint_32 type = png_get_io_chunk_type(png);
  char text[] = "the file ends inside chunk ????";
  for (int i = 0; i < 4; i++) text[sizeof text - 5 + i] = (char)(type >> (24 - 8 * i));
  png_error(png, text);
}

static void on_read(png_structp png, png_bytep bytes, size_t count) {
  cpng_reader *reader = png_get_io_ptr(png);
  ptrdiff_t done = reader->read(reader->context, bytes, count);
  if (done < 0) {
    reader->report.base.status = SHIM_STATUS_CALLBACK_FAILED;
    png_error(png, "the input cannot be read");
  }
  if ((size_t)done < count) raise_truncated(png, &reader->report.base);
}

static void set_limits(png_structp png, size_t metadata_limit) {
  // The size of the picture is the caller's to judge; libpng only knows its own default limit.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, metadata_limit);
  // Sixteen texts, each of which may expand to the limit above.
  png_set_chunk_cache_max(png, 17);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  // Of pixels this concerns data behind the last one: all pixels are defined.
  png_set_benign_errors(png, 1);
#ifdef PNG_SKIP_sRGB_CHECK_PROFILE
  png_set_option(png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
#endif
}

cpng_reader *cpng_reader_create(cpng_read read, void *context, size_t metadata_limit) {
  cpng_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->context = context;
  reader->first_bad_row = UINT32_MAX;
  reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reader->report,
                                         cpng_report_error, cpng_report_warning, &reader->report,
                                         cpng_report_malloc, cpng_report_free);
  if (reader->png == NULL) {
    cpng_reader_destroy(reader);
    return NULL;
  }
  // By itself: C17 7.13.1.1 knows no other expression around it than a comparison.
  if (setjmp(png_jmpbuf(reader->png))) {
    cpng_reader_destroy(reader);
    return NULL;
  }
  reader->info = png_create_info_struct(reader->png);
  if (reader->info == NULL) {
    cpng_reader_destroy(reader);
    return NULL;
  }
  png_set_read_fn(reader->png, reader, on_read);
  set_limits(reader->png, metadata_limit);
  return reader;
}

void cpng_reader_use_small_pieces(cpng_reader *reader) {
  png_set_compression_buffer_size(reader->png, 64);
}

void cpng_reader_destroy(cpng_reader *reader) {
  if (reader == NULL) return;
  if (reader->png != NULL) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader->indices);
  free(reader);
}

// Asks for whole samples of 8 or 16 bits, gray or RGB, with transparency as an alpha channel; of a
// palette for indices, as libpng does not tell of those that it makes black.
static void set_transformations(png_structp png, png_infop info) {
  int color_type = png_get_color_type(png, info);
  int bit_depth = png_get_bit_depth(png, info);
  if (color_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_packing(png);
#ifdef PNG_READ_CHECK_FOR_INVALID_INDEX_SUPPORTED
    png_set_check_for_invalid_index(png, 0);
#endif
    return;
  }
  if (color_type == PNG_COLOR_TYPE_GRAY && bit_depth < 8) {
    png_set_expand_gray_1_2_4_to_8(png);
  }
  if (png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (bit_depth == 16) png_set_swap(png);
#endif
}

// Takes the palette, and makes room for a row of indices; returns 0 if there is none.
static int prepare_palette(cpng_reader *reader) {
  png_colorp colors = NULL;
  if (!png_get_PLTE(reader->png, reader->info, &colors, &reader->color_count)) {
    png_error(reader->png, "a palette is missing");
  }
  png_bytep alphas = NULL;
  int alpha_count = 0;
  int has_alpha = png_get_valid(reader->png, reader->info, PNG_INFO_tRNS) &&
                  png_get_tRNS(reader->png, reader->info, &alphas, &alpha_count, NULL);
  reader->channel_count = has_alpha ? 4 : 3;
  int darkest = 0;
  int least = INT_MAX;
  for (int i = 0; i < reader->color_count; i++) {
    uint8_t *color = reader->colors[i];
    color[0] = colors[i].red;
    color[1] = colors[i].green;
    color[2] = colors[i].blue;
    color[3] = i < alpha_count ? alphas[i] : 255;
    // Above all it is opaque.
    int light = 3 * color[0] + 6 * color[1] + color[2] + 4096 * (255 - color[3]);
    if (light < least) darkest = i;
    if (light < least) least = light;
  }
  for (int i = reader->color_count; i < PNG_MAX_PALETTE_LENGTH; i++) {
    memcpy(reader->colors[i], reader->colors[darkest], sizeof reader->colors[i]);
  }
  reader->indices = calloc(png_get_image_width(reader->png, reader->info), 1);
  return reader->indices != NULL;
}

// Puts the colors of the indices that the row has in its pass into a row of pixels.
static void look_up(cpng_reader *reader, uint8_t *pixels) {
  uint32_t width = png_get_image_width(reader->png, reader->info);
  uint32_t first = 0;
  uint32_t step = 1;
  if (png_get_interlace_type(reader->png, reader->info) != PNG_INTERLACE_NONE) {
    if (!PNG_ROW_IN_INTERLACE_PASS(reader->row, reader->pass)) return;
    first = PNG_PASS_START_COL(reader->pass);
    step = (uint32_t)1 << PNG_PASS_COL_SHIFT(reader->pass);
  }
  int highest = 0;
  size_t size = (size_t)reader->channel_count;
  for (size_t x = first; x < width; x += step) {
    int index = reader->indices[x];
    if (index > highest) highest = index;
    const uint8_t *color = reader->colors[index];
    for (size_t i = 0; i < size; i++) pixels[x * size + i] = color[i];
  }
  if (highest >= reader->color_count && reader->row < reader->first_bad_row) {
    reader->first_bad_row = reader->row;
  }
}

static void collect_metadata(cpng_reader *reader) {
  png_charp name;
  int method;
  if (!png_get_iCCP(reader->png, reader->info, &name, &method, &reader->icc,
                    &reader->icc_length)) {
    reader->icc = NULL;
  }
  reader->text_count = png_get_text(reader->png, reader->info, &reader->texts, NULL);
}

shim_status cpng_reader_read_header(cpng_reader *reader, cpng_pixel_form *form) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(png_jmpbuf(reader->png))) return reader->report.base.status;
  png_read_info(reader->png, reader->info);
  collect_metadata(reader);
  set_transformations(reader->png, reader->info);
  form->pass_count = png_set_interlace_handling(reader->png);
  png_read_update_info(reader->png, reader->info);
  form->channel_count = png_get_channels(reader->png, reader->info);
  form->sample_bits = png_get_bit_depth(reader->png, reader->info);
  form->bytes_per_row = png_get_rowbytes(reader->png, reader->info);
  if (png_get_color_type(reader->png, reader->info) != PNG_COLOR_TYPE_PALETTE) {
    return SHIM_STATUS_OK;
  }
  if (!prepare_palette(reader)) return reader->report.base.status = SHIM_STATUS_OUT_OF_MEMORY;
  form->channel_count = reader->channel_count;
  form->bytes_per_row *= (size_t)reader->channel_count;
  return SHIM_STATUS_OK;
}

shim_status cpng_reader_read_rows(cpng_reader *reader, uint8_t *rows, size_t bytes_per_row,
                                  uint32_t count) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(png_jmpbuf(reader->png))) return reader->report.base.status;
  uint32_t height = png_get_image_height(reader->png, reader->info);
  for (uint32_t row = 0; row < count; row++) {
    uint8_t *pixels = rows + row * bytes_per_row;
    png_read_row(reader->png, reader->indices != NULL ? reader->indices : pixels, NULL);
    if (reader->indices != NULL) look_up(reader, pixels);
    reader->row++;
    if (reader->row == height) {
      reader->row = 0;
      reader->pass++;
    }
  }
  return SHIM_STATUS_OK;
}

shim_status cpng_reader_finish(cpng_reader *reader) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(png_jmpbuf(reader->png))) return reader->report.base.status;
  png_read_end(reader->png, NULL);
  return SHIM_STATUS_OK;
}

const uint8_t *cpng_reader_icc(const cpng_reader *reader, size_t *length) {
  *length = reader->icc_length;
  return reader->icc;
}

size_t cpng_reader_text_count(const cpng_reader *reader) { return (size_t)reader->text_count; }

cpng_text cpng_reader_text(const cpng_reader *reader, size_t index) {
  const png_text *text = &reader->texts[index];
  int is_international = text->compression >= PNG_ITXT_COMPRESSION_NONE;
  return (cpng_text){.keyword = text->key,
                     .keyword_length = strlen(text->key),
                     .is_international = is_international,
                     .language = is_international ? text->lang : NULL,
                     .translated_keyword = is_international ? text->lang_key : NULL,
                     .text = text->text,
                     .length = is_international ? text->itxt_length : text->text_length};
}

int cpng_reader_has_lost_transparency(const cpng_reader *reader) {
  return reader->report.has_lost_transparency;
}

int cpng_reader_lacks_color(const cpng_reader *reader, uint32_t *row) {
  *row = reader->first_bad_row;
  return reader->first_bad_row != UINT32_MAX;
}

const shim_report *cpng_reader_report(const cpng_reader *reader) { return &reader->report.base; }
