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
};

// Names the chunk in which the input ended, which a short read alone does not tell.
static void raise_truncated(png_structp png, cpng_report *report) {
  report->status = CPNG_STATUS_TRUNCATED;
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
    reader->report.status = CPNG_STATUS_CALLBACK_FAILED;
    png_error(png, "the input cannot be read");
  }
  if ((size_t)done < count) raise_truncated(png, &reader->report);
}

static void set_limits(png_structp png, size_t metadata_limit) {
  // The size of the picture is the caller's to judge; libpng only knows its own default limit.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, metadata_limit);
  // Sixteen texts, each of which may expand to the limit above.
  png_set_chunk_cache_max(png, 17);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  // Of pixels this concerns data behind the last one, and indices beyond the palette: all pixels are
  // defined.
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
  reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reader->report,
                                         cpng_report_error, cpng_report_warning,
                                         &reader->report, cpng_report_malloc, cpng_report_free);
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

void cpng_reader_destroy(cpng_reader *reader) {
  if (reader == NULL) return;
  if (reader->png != NULL) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

// Asks for whole samples of 8 or 16 bits, gray or RGB, with transparency as an alpha channel.
static void set_transformations(png_structp png, png_infop info) {
  int color_type = png_get_color_type(png, info);
  int bit_depth = png_get_bit_depth(png, info);
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color_type == PNG_COLOR_TYPE_GRAY && bit_depth < 8) {
    png_set_expand_gray_1_2_4_to_8(png);
  }
  if (png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (bit_depth == 16) png_set_swap(png);
#endif
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

cpng_status cpng_reader_read_header(cpng_reader *reader, cpng_pixel_form *form) {
  if (reader->report.status != CPNG_STATUS_OK) return reader->report.status;
  if (setjmp(png_jmpbuf(reader->png))) return reader->report.status;
  png_read_info(reader->png, reader->info);
  collect_metadata(reader);
  set_transformations(reader->png, reader->info);
  form->pass_count = png_set_interlace_handling(reader->png);
  png_read_update_info(reader->png, reader->info);
  form->channel_count = png_get_channels(reader->png, reader->info);
  form->sample_bits = png_get_bit_depth(reader->png, reader->info);
  form->bytes_per_row = png_get_rowbytes(reader->png, reader->info);
  return CPNG_STATUS_OK;
}

cpng_status cpng_reader_read_rows(cpng_reader *reader, uint8_t *rows, size_t bytes_per_row,
                                  uint32_t count) {
  if (reader->report.status != CPNG_STATUS_OK) return reader->report.status;
  if (setjmp(png_jmpbuf(reader->png))) return reader->report.status;
  for (uint32_t row = 0; row < count; row++) {
    png_read_row(reader->png, rows + row * bytes_per_row, NULL);
  }
  return CPNG_STATUS_OK;
}

cpng_status cpng_reader_finish(cpng_reader *reader) {
  if (reader->report.status != CPNG_STATUS_OK) return reader->report.status;
  if (setjmp(png_jmpbuf(reader->png))) return reader->report.status;
  png_read_end(reader->png, NULL);
  return CPNG_STATUS_OK;
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

const char *cpng_reader_message(const cpng_reader *reader) { return reader->report.message; }

size_t cpng_reader_warning_count(const cpng_reader *reader) {
  return reader->report.warning_count;
}

const char *cpng_reader_warning(const cpng_reader *reader, size_t index) {
  return cpng_report_warning_at(&reader->report, index);
}
