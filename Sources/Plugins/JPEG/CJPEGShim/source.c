// Nothing where the library is absent and the package trait JPEG off.
#if __has_include(<jpeglib.h>)

#include <jerror.h>

#include "reader.h"

static void on_init_source(j_decompress_ptr info) { (void)info; }

size_t cjpeg_read_at(cjpeg_reader *reader, size_t offset, uint8_t *bytes, size_t count) {
  ptrdiff_t done = reader->read(reader->context, offset, bytes, count);
  if (done < 0) {
    cjpeg_report_raise_text((j_common_ptr)&reader->info, SHIM_STATUS_CALLBACK_FAILED,
                            "the input cannot be read");
  }
  return (size_t)done;
}

_Noreturn void cjpeg_raise_truncated(cjpeg_reader *reader) {
  cjpeg_report_raise_text((j_common_ptr)&reader->info, SHIM_STATUS_TRUNCATED,
                          "the file ends before its picture does");
}

static boolean on_fill_buffer(j_decompress_ptr info) {
  cjpeg_reader *reader = cjpeg_reader_of(info);
  reader->source.bytes_in_buffer = 0;
  size_t count = cjpeg_read_at(reader, reader->buffer_end, reader->buffer, CJPEG_BUFFER_BYTE_COUNT);
  if (count == 0) {
    // Many files lack nothing but the end marker. Arithmetic coding could not tell: it leaves out
    // zeros at the end.
    const int is_told = reader->has_ended || info->arith_code;
    if (!reader->has_header || (is_told && !cjpeg_reader_goes_on(reader))) {
      cjpeg_raise_truncated(reader);
    }
    reader->has_ended = 1;
    reader->buffer[0] = 0xFF;
    reader->buffer[1] = JPEG_EOI;
    count = 2;
  }
  reader->buffer_end += count;
  reader->source.next_input_byte = reader->buffer;
  reader->source.bytes_in_buffer = count;
  return TRUE;
}

// What is beyond the end of the file shows at the next read.
static void on_skip(j_decompress_ptr info, long count) {
  cjpeg_reader *reader = cjpeg_reader_of(info);
  if (count <= 0) return;
  if ((size_t)count <= reader->source.bytes_in_buffer) {
    reader->source.next_input_byte += count;
    reader->source.bytes_in_buffer -= (size_t)count;
    return;
  }
  reader->buffer_end += (size_t)count - reader->source.bytes_in_buffer;
  reader->source.bytes_in_buffer = 0;
}

// Going on behind a lost marker would invent pixels.
static boolean on_resync(j_decompress_ptr info, int desired) {
  cjpeg_reader *reader = cjpeg_reader_of(info);
  if (cjpeg_reader_goes_on(reader)) return jpeg_resync_to_restart(info, desired);
  if (reader->has_ended) cjpeg_raise_truncated(reader);
  info->err->msg_code = JWRN_MUST_RESYNC;
  info->err->msg_parm.i[0] = info->unread_marker;
  info->err->msg_parm.i[1] = desired;
  cjpeg_report_raise((j_common_ptr)info, SHIM_STATUS_MALFORMED);
}

static void on_end_source(j_decompress_ptr info) { (void)info; }

size_t cjpeg_reader_offset(const cjpeg_reader *reader) {
  return reader->buffer_end - reader->source.bytes_in_buffer;
}

void cjpeg_reader_install_source(cjpeg_reader *reader) {
  reader->source = (struct jpeg_source_mgr){
      .init_source = on_init_source, .fill_input_buffer = on_fill_buffer,
      .skip_input_data = on_skip, .resync_to_restart = on_resync,
      .term_source = on_end_source};
  reader->info.src = &reader->source;
}

#endif
