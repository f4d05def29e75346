// Nothing where the library is absent and the package trait JPEG off.
#if __has_include(<jpeglib.h>)

#include <jerror.h>
#include <stdlib.h>

#include "reader.h"

// ---------------------------------------------------------------------------- warnings

// Whether the bytes that libjpeg has just skipped in front of a marker are zeros, with which some
// cameras fill up. Behind the first scan, other bytes were meant to be pixels.
static int has_skipped_zeros(cjpeg_reader *reader) {
  uint8_t bytes[512];
  int count = reader->info.err->msg_parm.i[0];
  size_t end = cjpeg_reader_offset(reader);
  while (count > 0) {
    size_t part = (size_t)count < sizeof bytes ? (size_t)count : sizeof bytes;
    if (part > end || cjpeg_read_at(reader, end - part, bytes, part) != part) return 0;
    for (size_t i = 0; i < part; i++) {
      if (bytes[i] != 0) return 0;
    }
    end -= part;
    count -= (int)part;
  }
  return 1;
}

static int is_damage(cjpeg_reader *reader, int code) {
  switch (code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    // Of parameters that are of no use here.
    case JWRN_NOT_SEQUENTIAL: return 0;
    case JWRN_EXTRANEOUS_DATA: return reader->has_header && !has_skipped_zeros(reader);
    default: return 1;
  }
}

int cjpeg_reader_goes_on(cjpeg_reader *reader) {
  if (!reader->is_salvaging || !reader->has_header) return 0;
  const uint32_t row = reader->info.output_scanline;
  if (row < reader->damaged_row) reader->damaged_row = row;
  return 1;
}

void cjpeg_reader_salvage(cjpeg_reader *reader) { reader->is_salvaging = 1; }

uint32_t cjpeg_reader_damaged_row(const cjpeg_reader *reader) { return reader->damaged_row; }

static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  int code = info->err->msg_code;
  cjpeg_reader *reader = cjpeg_reader_of((j_decompress_ptr)info);
  if (is_damage(reader, code)) {
    if (cjpeg_reader_goes_on(reader)) return;
    if (reader->has_ended) cjpeg_raise_truncated(reader);
    info->err->msg_code = code;
    cjpeg_report_raise(info, SHIM_STATUS_MALFORMED);
  }
  cjpeg_report_warn(info);
}

// Whatever goes wrong behind the end of the input is due to that.
_Noreturn static void on_error(j_common_ptr info) {
  cjpeg_reader *reader = cjpeg_reader_of((j_decompress_ptr)info);
  const shim_status status = cjpeg_report_status_of(info->err->msg_code);
  if (reader != NULL && reader->has_ended && status == SHIM_STATUS_MALFORMED) {
    cjpeg_raise_truncated(reader);
  }
  cjpeg_report_raise(info, status);
}

static void on_progress(j_common_ptr info) {
  cjpeg_reader *reader = cjpeg_reader_of((j_decompress_ptr)info);
  if (reader->info.input_scan_number > CJPEG_SCAN_LIMIT) {
    cjpeg_report_raise_text(info, SHIM_STATUS_UNSUPPORTED, "more than 100 scans");
  }
  if (reader->is_cancelled(reader->context)) {
    cjpeg_report_raise_text(info, SHIM_STATUS_CANCELLED, "cancelled");
  }
}

// ---------------------------------------------------------------------------- the reader

cjpeg_reader *cjpeg_reader_create(shim_read read, shim_is_cancelled is_cancelled, void *context) {
  cjpeg_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->read = read;
  reader->is_cancelled = is_cancelled;
  reader->context = context;
  reader->info.err = cjpeg_report_install(&reader->report);
  if (setjmp(reader->report.target)) {
    cjpeg_reader_destroy(reader);
    return NULL;
  }
  jpeg_create_decompress(&reader->info);
  reader->report.handlers.emit_message = on_message;
  reader->report.handlers.error_exit = on_error;
  reader->info.client_data = reader;
  reader->damaged_row = UINT32_MAX;
  cjpeg_reader_install_source(reader);
  reader->progress.progress_monitor = on_progress;
  reader->info.progress = &reader->progress;
  return reader;
}

void cjpeg_reader_destroy(cjpeg_reader *reader) {
  if (reader == NULL) return;
  jpeg_destroy_decompress(&reader->info);
  free(reader);
}

static const char *name_of(J_COLOR_SPACE space) {
  switch (space) {
    case JCS_GRAYSCALE: return "gray";
    case JCS_RGB: return "RGB";
    case JCS_YCbCr: return "YCbCr";
    case JCS_CMYK: return "CMYK";
    case JCS_YCCK: return "YCCK";
    default: return "unknown";
  }
}

void cjpeg_reader_take_plain_cmyk(cjpeg_reader *reader) { reader->takes_plain_cmyk = 1; }

static void set_color(cjpeg_reader *reader, cjpeg_frame *frame) {
  j_decompress_ptr info = &reader->info;
  switch (info->jpeg_color_space) {
    case JCS_GRAYSCALE:
      frame->color = CJPEG_COLOR_GRAY;
      info->out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_RGB:
    case JCS_YCbCr:
      frame->color = CJPEG_COLOR_RGB;
      info->out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      frame->color = CJPEG_COLOR_CMYK;
      info->out_color_space = JCS_CMYK;
      // Adobe's programs write no ink as 255, and all do as they do, with their marker or without;
      // nearly all.
      reader->is_inverted = info->saw_Adobe_marker || !reader->takes_plain_cmyk;
      break;
    default:
      cjpeg_report_raise_text((j_common_ptr)info, SHIM_STATUS_UNSUPPORTED,
                              "its number of components");
  }
  frame->color_space = name_of(info->jpeg_color_space);
}

static uint64_t rounded_up(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// The coefficients of all blocks, as the library allocates them.
static uint64_t coefficient_byte_count(j_decompress_ptr info) {
  uint64_t count = 0;
  for (int i = 0; i < info->num_components; i++) {
    const jpeg_component_info *component = &info->comp_info[i];
    uint64_t columns =
        rounded_up(component->width_in_blocks, (uint64_t)component->h_samp_factor);
    uint64_t rows = rounded_up(component->height_in_blocks, (uint64_t)component->v_samp_factor);
    count += columns * rows * DCTSIZE2 * sizeof(JCOEF);
  }
  return count;
}

static int next_byte(j_decompress_ptr info) {
  struct jpeg_source_mgr *source = info->src;
  if (source->bytes_in_buffer == 0) (void)source->fill_input_buffer(info);
  source->bytes_in_buffer--;
  return *source->next_input_byte++;
}

// Skips a segment, and counts it.
static boolean skip_late_segment(j_decompress_ptr info) {
  int high = next_byte(info);
  int size = high << 8 | next_byte(info);
  if (size > 2) info->src->skip_input_data(info, size - 2);
  cjpeg_reader_of(info)->late_segment_count++;
  return TRUE;
}

// What lies in front of the first scan has been parsed already (JPEGStructure).
static void count_late_segments(j_decompress_ptr info) {
  jpeg_set_marker_processor(info, JPEG_COM, skip_late_segment);
  for (int k = 0; k < 16; k++) jpeg_set_marker_processor(info, JPEG_APP0 + k, skip_late_segment);
}

uint32_t cjpeg_reader_late_segment_count(const cjpeg_reader *reader) {
  return reader->late_segment_count;
}

shim_status cjpeg_reader_read_header(cjpeg_reader *reader, cjpeg_frame *frame) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(reader->report.target)) return reader->report.base.status;
  j_decompress_ptr info = &reader->info;
  jpeg_read_header(info, TRUE);
  reader->has_header = 1;
  count_late_segments(info);
  *frame = (cjpeg_frame){.width = info->image_width,
                         .height = info->image_height,
                         .component_count = info->num_components,
                         .is_progressive = info->progressive_mode,
                         .is_arithmetic = info->arith_code};
  set_color(reader, frame);
  for (int i = 0; i < info->num_components && i < 4; i++) {
    frame->horizontal_sampling[i] = info->comp_info[i].h_samp_factor;
    frame->vertical_sampling[i] = info->comp_info[i].v_samp_factor;
  }
  frame->coefficient_byte_count = coefficient_byte_count(info);
  if (jpeg_has_multiple_scans(info)) frame->buffered_byte_count = frame->coefficient_byte_count;
  // Of one component every block stands alone, whatever its factors are.
  const int is_alone = info->num_components == 1;
  frame->unit_width = DCTSIZE * (uint32_t)(is_alone ? 1 : info->max_h_samp_factor);
  frame->unit_height = DCTSIZE * (uint32_t)(is_alone ? 1 : info->max_v_samp_factor);
  info->dct_method = JDCT_ISLOW;
  info->do_fancy_upsampling = TRUE;
  // It would paint over scans that are missing.
  info->do_block_smoothing = FALSE;
  return SHIM_STATUS_OK;
}

shim_status cjpeg_reader_shrink(cjpeg_reader *reader, uint32_t factor, uint32_t *width,
                                uint32_t *height) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(reader->report.target)) return reader->report.base.status;
  reader->info.scale_num = 1;
  reader->info.scale_denom = factor;
  jpeg_calc_output_dimensions(&reader->info);
  *width = reader->info.output_width;
  *height = reader->info.output_height;
  return SHIM_STATUS_OK;
}

// A component without any scan would come out gray.
void cjpeg_reader_check_completeness(cjpeg_reader *reader) {
  j_decompress_ptr info = &reader->info;
  int is_unrefined = 0;
  for (int i = 0; i < info->num_components; i++) {
    int is_missing = info->comp_info[i].quant_table == NULL;
    if (info->progressive_mode && info->coef_bits != NULL) {
      is_missing |= info->coef_bits[i][0] < 0;
      for (int k = 0; k < DCTSIZE2; k++) is_unrefined |= info->coef_bits[i][k] != 0;
    }
    if (is_missing) {
      if (reader->has_ended) cjpeg_raise_truncated(reader);
      cjpeg_report_raise_text((j_common_ptr)info, SHIM_STATUS_MALFORMED,
                              "a component has no scan");
    }
  }
  if (is_unrefined) {
    if (reader->has_ended && !cjpeg_reader_goes_on(reader)) cjpeg_raise_truncated(reader);
    shim_report_warn(&reader->report.base, "scans with finer detail are missing");
  }
}

shim_status cjpeg_reader_start(cjpeg_reader *reader) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(reader->report.target)) return reader->report.base.status;
  jpeg_start_decompress(&reader->info);
  cjpeg_reader_check_completeness(reader);
  return SHIM_STATUS_OK;
}

shim_status cjpeg_reader_read_rows(cjpeg_reader *reader, uint8_t *rows, size_t bytes_per_row,
                                   uint32_t count) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(reader->report.target)) return reader->report.base.status;
  for (uint32_t row = 0; row < count; row++) {
    JSAMPROW start = rows + row * bytes_per_row;
    jpeg_read_scanlines(&reader->info, &start, 1);
    if (reader->is_inverted) {
      for (size_t i = 0; i < bytes_per_row; i++) start[i] = (uint8_t)~start[i];
    }
  }
  return SHIM_STATUS_OK;
}

shim_status cjpeg_reader_finish(cjpeg_reader *reader) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(reader->report.target)) return reader->report.base.status;
  jpeg_finish_decompress(&reader->info);
  if (reader->has_ended) shim_report_warn(&reader->report.base, "the end marker (EOI) is missing");
  return SHIM_STATUS_OK;
}

const shim_report *cjpeg_reader_report(const cjpeg_reader *reader) { return &reader->report.base; }

#endif
