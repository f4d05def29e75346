// Nothing where the library is absent and the package trait JPEG off.
#if __has_include(<jpeglib.h>)

#include <stdlib.h>

#include "writer.h"

static cjpeg_writer *writer_of(j_compress_ptr info) { return info->client_data; }

static void on_init_destination(j_compress_ptr info) {
  cjpeg_writer *writer = writer_of(info);
  writer->destination.next_output_byte = writer->buffer;
  writer->destination.free_in_buffer = CJPEG_OUTPUT_BYTE_COUNT;
}

static void pass_on(cjpeg_writer *writer, size_t count) {
  if (count > 0 && writer->append(writer->context, writer->buffer, count) != 0) {
    cjpeg_report_raise_text((j_common_ptr)&writer->info, SHIM_STATUS_CALLBACK_FAILED,
                            "the output cannot be written");
  }
}

static boolean on_empty_buffer(j_compress_ptr info) {
  pass_on(writer_of(info), CJPEG_OUTPUT_BYTE_COUNT);
  on_init_destination(info);
  return TRUE;
}

static void on_end_destination(j_compress_ptr info) {
  cjpeg_writer *writer = writer_of(info);
  pass_on(writer, CJPEG_OUTPUT_BYTE_COUNT - writer->destination.free_in_buffer);
}

cjpeg_writer *cjpeg_writer_create(shim_append append, void *context) {
  cjpeg_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) return NULL;
  writer->append = append;
  writer->context = context;
  writer->info.err = cjpeg_report_install(&writer->report);
  if (setjmp(writer->report.target)) {
    cjpeg_writer_destroy(writer);
    return NULL;
  }
  jpeg_create_compress(&writer->info);
  writer->info.client_data = writer;
  writer->destination = (struct jpeg_destination_mgr){.init_destination = on_init_destination,
                                                      .empty_output_buffer = on_empty_buffer,
                                                      .term_destination = on_end_destination};
  writer->info.dest = &writer->destination;
  return writer;
}

void cjpeg_writer_destroy(cjpeg_writer *writer) {
  if (writer == NULL) return;
  jpeg_destroy_compress(&writer->info);
  free(writer->inverted_row);
  free(writer);
}

static void set_color(cjpeg_writer *writer, const cjpeg_image *image) {
  j_compress_ptr info = &writer->info;
  switch (image->color) {
    case CJPEG_COLOR_GRAY:
      info->input_components = 1;
      info->in_color_space = JCS_GRAYSCALE;
      jpeg_set_defaults(info);
      break;
    case CJPEG_COLOR_RGB:
      info->input_components = 3;
      info->in_color_space = JCS_RGB;
      jpeg_set_defaults(info);
      break;
    case CJPEG_COLOR_CMYK:
      info->input_components = 4;
      info->in_color_space = JCS_CMYK;
      jpeg_set_defaults(info);
      jpeg_set_colorspace(info, JCS_YCCK);
      break;
  }
}

// Luma, and the black of YCCK with it, has as many samples as there are pixels.
static void set_sampling(j_compress_ptr info, const cjpeg_image *image) {
  for (int i = 0; i < info->num_components; i++) {
    int is_chroma = i == 1 || i == 2;
    info->comp_info[i].h_samp_factor = is_chroma ? 1 : image->horizontal_subsampling;
    info->comp_info[i].v_samp_factor = is_chroma ? 1 : image->vertical_subsampling;
  }
}

shim_status cjpeg_writer_start(cjpeg_writer *writer, const cjpeg_image *image) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (image->color == CJPEG_COLOR_CMYK) {
    writer->inverted_row = malloc((size_t)image->width * 4);
    if (writer->inverted_row == NULL) return writer->report.base.status = SHIM_STATUS_OUT_OF_MEMORY;
  }
  if (setjmp(writer->report.target)) return writer->report.base.status;
  j_compress_ptr info = &writer->info;
  info->image_width = image->width;
  info->image_height = image->height;
  set_color(writer, image);
  jpeg_set_linear_quality(info, image->quantization_scale, TRUE);
  if (info->num_components > 1) set_sampling(info, image);
  info->dct_method = JDCT_ISLOW;
  info->optimize_coding = image->optimizes_coding;
  if (image->is_progressive) jpeg_simple_progression(info);
  if (image->has_density) {
    // Of CMYK the standard does not speak, but without it the density is lost.
    info->write_JFIF_header = TRUE;
    info->density_unit = image->density_unit;
    info->X_density = image->horizontal_density;
    info->Y_density = image->vertical_density;
  }
  jpeg_start_compress(info, TRUE);
  return SHIM_STATUS_OK;
}

shim_status cjpeg_writer_write_segment(cjpeg_writer *writer, uint8_t marker,
                                       const uint8_t *bytes, size_t count) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(writer->report.target)) return writer->report.base.status;
  jpeg_write_marker(&writer->info, marker, bytes, (unsigned)count);
  return SHIM_STATUS_OK;
}

shim_status cjpeg_writer_write_rows(cjpeg_writer *writer, const uint8_t *rows,
                                    size_t bytes_per_row, uint32_t count) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(writer->report.target)) return writer->report.base.status;
  for (uint32_t row = 0; row < count; row++) {
    const uint8_t *start = rows + row * bytes_per_row;
    if (writer->inverted_row != NULL) {
      for (size_t i = 0; i < bytes_per_row; i++) writer->inverted_row[i] = (uint8_t)~start[i];
      start = writer->inverted_row;
    }
    // The library does not write to it.
    JSAMPROW line = (JSAMPROW)(uintptr_t)start;
    jpeg_write_scanlines(&writer->info, &line, 1);
  }
  return SHIM_STATUS_OK;
}

shim_status cjpeg_writer_finish(cjpeg_writer *writer) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (setjmp(writer->report.target)) return writer->report.base.status;
  jpeg_finish_compress(&writer->info);
  return SHIM_STATUS_OK;
}

const shim_report *cjpeg_writer_report(const cjpeg_writer *writer) { return &writer->report.base; }

#endif
