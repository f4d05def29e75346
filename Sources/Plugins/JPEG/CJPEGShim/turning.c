// Coefficients that are written again, turned, without being decoded to pixels.

// Nothing where the library is absent and the package trait JPEG off.
#if __has_include(<jpeglib.h>)

#include "reader.h"
#include "writer.h"

static int is_identity(const cjpeg_turn *turn) {
  return !turn->transposes && !turn->reverses_rows && !turn->reverses_columns;
}

static JDIMENSION rounded_up(JDIMENSION value, int unit) {
  return (value + (JDIMENSION)unit - 1) / (JDIMENSION)unit * (JDIMENSION)unit;
}

// Room for the turned blocks of all components, which has to be asked for before libjpeg takes memory
// for those of the file.
static void request_room(cjpeg_reader *reader, const cjpeg_turn *turn) {
  j_decompress_ptr info = &reader->info;
  for (int i = 0; i < info->num_components && i < CJPEG_COMPONENT_LIMIT; i++) {
    const jpeg_component_info *component = &info->comp_info[i];
    const JDIMENSION width = rounded_up(component->width_in_blocks, component->h_samp_factor);
    const JDIMENSION height = rounded_up(component->height_in_blocks, component->v_samp_factor);
    const int access =
        turn->transposes ? component->h_samp_factor : component->v_samp_factor;
    reader->turned[i] = info->mem->request_virt_barray(
        (j_common_ptr)info, JPOOL_IMAGE, TRUE, turn->transposes ? height : width,
        turn->transposes ? width : height, (JDIMENSION)access);
  }
}

shim_status cjpeg_reader_read_coefficients(cjpeg_reader *reader, const cjpeg_turn *turn) {
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  if (setjmp(reader->report.target)) return reader->report.base.status;
  if (!is_identity(turn)) request_room(reader, turn);
  reader->coefficients = jpeg_read_coefficients(&reader->info);
  cjpeg_reader_check_completeness(reader);
  return SHIM_STATUS_OK;
}

// A cosine changes its sign when it is reversed, if its frequency is odd.
static void turn_block(JCOEFPTR target, const JCOEF *source, const cjpeg_turn *turn) {
  for (int v = 0; v < DCTSIZE; v++) {
    for (int u = 0; u < DCTSIZE; u++) {
      const int value = turn->transposes ? source[u * DCTSIZE + v] : source[v * DCTSIZE + u];
      const int is_negated =
          ((turn->reverses_rows && u % 2) != 0) != ((turn->reverses_columns && v % 2) != 0);
      target[v * DCTSIZE + u] = (JCOEF)(is_negated ? -value : value);
    }
  }
}

static void turn_component(cjpeg_reader *reader, int index, const cjpeg_turn *turn) {
  j_decompress_ptr info = &reader->info;
  j_common_ptr common = (j_common_ptr)info;
  // Of the result.
  const jpeg_component_info *component = &info->comp_info[index];
  const JDIMENSION width =
      turn->transposes ? component->height_in_blocks : component->width_in_blocks;
  const JDIMENSION height =
      turn->transposes ? component->width_in_blocks : component->height_in_blocks;
  for (JDIMENSION row = 0; row < height; row++) {
    JBLOCKARRAY target =
        info->mem->access_virt_barray(common, reader->turned[index], row, 1, TRUE);
    const JDIMENSION down = turn->reverses_columns ? height - 1 - row : row;
    for (JDIMENSION column = 0; column < width; column++) {
      const JDIMENSION across = turn->reverses_rows ? width - 1 - column : column;
      JBLOCKARRAY source = info->mem->access_virt_barray(
          common, reader->coefficients[index], turn->transposes ? across : down, 1, FALSE);
      turn_block(target[0][column], source[0][turn->transposes ? down : across], turn);
    }
  }
}

static void transpose_parameters(j_compress_ptr info) {
  const JDIMENSION width = info->image_width;
  info->image_width = info->image_height;
  info->image_height = width;
#if JPEG_LIB_VERSION >= 70
  const JDIMENSION coded_width = info->jpeg_width;
  info->jpeg_width = info->jpeg_height;
  info->jpeg_height = coded_width;
#endif
  for (int i = 0; i < info->num_components; i++) {
    jpeg_component_info *component = &info->comp_info[i];
    const int factor = component->h_samp_factor;
    component->h_samp_factor = component->v_samp_factor;
    component->v_samp_factor = factor;
  }
  for (int i = 0; i < NUM_QUANT_TBLS; i++) {
    if (info->quant_tbl_ptrs[i] == NULL) continue;
    UINT16 *steps = info->quant_tbl_ptrs[i]->quantval;
    for (int v = 0; v < DCTSIZE; v++) {
      for (int u = 0; u < v; u++) {
        const UINT16 step = steps[v * DCTSIZE + u];
        steps[v * DCTSIZE + u] = steps[u * DCTSIZE + v];
        steps[u * DCTSIZE + v] = step;
      }
    }
  }
}

// As the file is coded, with tables of its own.
static void set_process(j_compress_ptr info, j_decompress_ptr source) {
  info->write_JFIF_header = FALSE;
  info->write_Adobe_marker = FALSE;
  info->arith_code = source->arith_code;
  info->optimize_coding = !source->arith_code;
  info->restart_interval = source->restart_interval;
  if (source->progressive_mode) jpeg_simple_progression(info);
}

shim_status cjpeg_writer_write_turned(cjpeg_writer *writer, cjpeg_reader *reader,
                                      const cjpeg_turn *turn) {
  if (writer->report.base.status != SHIM_STATUS_OK) return writer->report.base.status;
  if (reader->report.base.status != SHIM_STATUS_OK) return reader->report.base.status;
  // Blocks are the reader's.
  if (setjmp(reader->report.target)) {
    const shim_report *report = &reader->report.base;
    return shim_report_fail(&writer->report.base, report->status, report->message);
  }
  if (setjmp(writer->report.target)) return writer->report.base.status;
  j_compress_ptr info = &writer->info;
  jpeg_copy_critical_parameters(&reader->info, info);
  if (turn->transposes) transpose_parameters(info);
  set_process(info, &reader->info);
  const int is_turned = !is_identity(turn);
  for (int i = 0; is_turned && i < reader->info.num_components; i++) {
    turn_component(reader, i, turn);
  }
  jpeg_write_coefficients(info, is_turned ? reader->turned : reader->coefficients);
  jpeg_finish_compress(info);
  return SHIM_STATUS_OK;
}

#endif
