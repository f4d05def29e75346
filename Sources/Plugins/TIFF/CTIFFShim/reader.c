// Reading: the layout of a directory and its decoded blocks.
#include <stdlib.h>
#include <string.h>

#include "file.h"

ctiff_file *ctiff_open_reader(ctiff_io io, const void *directory,
                              uint64_t directory_byte_count, int64_t max_alloc) {
  ctiff_file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->io = io;
  file->directory = directory;
  file->directory_byte_count = directory_byte_count;
  // m: no memory map, in which a file that is cut meanwhile would be a SIGBUS.
  // C: huge uncompressed strips are cut into small ones.
  // h: the first directory need not be the one that is wanted.
  if (ctiff_open(file, "rmCh", max_alloc) && 
      !TIFFSetSubDirectory(file->tiff, TIFF_DIRECTORY_PLACE)) {
    ctiff_fail(file, "the directory cannot be read");
    TIFFCleanup(file->tiff);
    file->tiff = NULL;
  }
  // libtiff has read all of it.
  file->directory = NULL;
  return file;
}

static uint16_t get_short(TIFF *tiff, uint32_t tag) {
  uint16_t value = 0;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

static uint16_t get_extra_samples(TIFF *tiff, const uint16_t **kinds) {
  uint16_t count = 0;
  *kinds = NULL;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, kinds);
  return *kinds ? count : 0;
}

uint16_t ctiff_extra_sample(ctiff_file *file, uint16_t index) {
  const uint16_t *kinds;
  return index < get_extra_samples(file->tiff, &kinds) ? kinds[index] : EXTRASAMPLE_UNSPECIFIED;
}

void ctiff_get_layout(ctiff_file *file, ctiff_layout *layout) {
  TIFF *tiff = file->tiff;
  memset(layout, 0, sizeof *layout);
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout->width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout->height);
  layout->bits_per_sample = get_short(tiff, TIFFTAG_BITSPERSAMPLE);
  layout->samples_per_pixel = get_short(tiff, TIFFTAG_SAMPLESPERPIXEL);
  layout->sample_format = get_short(tiff, TIFFTAG_SAMPLEFORMAT);
  layout->compression = get_short(tiff, TIFFTAG_COMPRESSION);
  layout->predictor = PREDICTOR_NONE;
  TIFFGetField(tiff, TIFFTAG_PREDICTOR, &layout->predictor);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout->photometric)) {
    layout->photometric = CTIFF_UNDECLARED;
  }
  layout->is_planar = get_short(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  layout->is_tiled = TIFFIsTiled(tiff);
  layout->is_codec_available = TIFFIsCODECConfigured(layout->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_YCBCRSUBSAMPLING, &layout->ycbcr_horizontal,
                        &layout->ycbcr_vertical);
  layout->ink_set = get_short(tiff, TIFFTAG_INKSET);
  const uint16_t *kinds;
  layout->extra_sample_count = get_extra_samples(tiff, &kinds);
  if (layout->is_tiled) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &layout->block_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &layout->block_height);
    layout->block_byte_count = TIFFTileSize64(tiff);
  } else {
    layout->block_width = layout->width;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &layout->block_height);
    if (layout->block_height > layout->height) layout->block_height = layout->height;
    layout->block_byte_count = TIFFVStripSize64(tiff, layout->block_height);
  }
}

int ctiff_get_color_map(ctiff_file *file, uint16_t *entries, size_t entry_count) {
  uint16_t *maps[3] = {NULL, NULL, NULL};
  const uint16_t bits = get_short(file->tiff, TIFFTAG_BITSPERSAMPLE);
  if (bits > 16) return 0;
  const size_t count = (size_t)1 << bits;
  if (entry_count != 3 * count ||
      !TIFFGetField(file->tiff, TIFFTAG_COLORMAP, &maps[0], &maps[1], &maps[2])) {
    return 0;
  }
  for (int map = 0; map < 3; map++) {
    if (!maps[map]) return 0;
    memcpy(entries + map * count, maps[map], count * sizeof *entries);
  }
  return 1;
}

shim_status ctiff_decode_ycbcr_as_rgb(ctiff_file *file) {
  return ctiff_end(file, TIFFSetField(file->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB) == 1);
}

shim_status ctiff_decode_logluv_as_float(ctiff_file *file) {
  return ctiff_end(file, TIFFSetField(file->tiff, TIFFTAG_SGILOGDATAFMT, SGILOGDATAFMT_FLOAT) == 1);
}

void ctiff_get_ycbcr(ctiff_file *file, float coefficients[3], float black_white[6]) {
  const float *values = NULL;
  TIFFGetFieldDefaulted(file->tiff, TIFFTAG_YCBCRCOEFFICIENTS, &values);
  for (int i = 0; i < 3; i++) coefficients[i] = values ? values[i] : 0;
  values = NULL;
  TIFFGetFieldDefaulted(file->tiff, TIFFTAG_REFERENCEBLACKWHITE, &values);
  for (int i = 0; i < 6; i++) black_white[i] = values ? values[i] : 0;
}

static uint32_t block_index(ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane) {
  return TIFFIsTiled(file->tiff) ? TIFFComputeTile(file->tiff, x, y, 0, plane)
                                 : TIFFComputeStrip(file->tiff, y, plane);
}

// A strip or tile without a place is one that nobody has written: it is zeros.
static int is_sparse(ctiff_file *file, uint32_t index) {
  return TIFFGetStrileByteCount(file->tiff, index) == 0 &&
         TIFFGetStrileOffset(file->tiff, index) == 0 && !ctiff_has_failed(file);
}

// libtiff reads as many bytes as an uncompressed block should have, wherever the block starts and
// whatever its size is said to be. What is not there must not be made up.
static int is_present(ctiff_file *file, uint32_t index, uint64_t byte_count,
                      uint16_t compression) {
  const uint64_t stored = TIFFGetStrileByteCount(file->tiff, index);
  if (ctiff_has_failed(file)) return 0;
  if (stored == 0 || TIFFGetStrileOffset(file->tiff, index) == 0) {
    ctiff_fail(file, "a strip or tile is missing");
    return 0;
  }
  if (compression == COMPRESSION_NONE && stored < byte_count) {
    ctiff_fail(file, "a strip or tile has too few bytes");
    return 0;
  }
  return 1;
}

static tmsize_t decode_block(ctiff_file *file, uint32_t index, void *bytes, tmsize_t size) {
  return TIFFIsTiled(file->tiff) ? TIFFReadEncodedTile(file->tiff, index, bytes, size)
                                 : TIFFReadEncodedStrip(file->tiff, index, bytes, size);
}

static int is_fax(uint16_t compression) {
  return compression == COMPRESSION_CCITTFAX3 || compression == COMPRESSION_CCITTFAX4 ||
         compression == COMPRESSION_CCITTRLE || compression == COMPRESSION_CCITTRLEW;
}

// How many rows at the end consist of a mark only.
static uint32_t marked_rows(const uint8_t *bytes, tmsize_t size, tmsize_t row_size,
                            uint8_t mark) {
  tmsize_t place = size;
  while (place > 0 && bytes[place - 1] == mark) place--;
  return (uint32_t)((size - place) / row_size);
}

// The decoders of facsimiles stop at an early end, that of Group 4 without a word, and leave the rest
// as it was. So all bytes are marked: rows whose marks survive twice, with different marks, were not
// decoded.
static tmsize_t decode_fax(ctiff_file *file, uint32_t index, uint8_t *bytes, tmsize_t size) {
  const uint8_t marks[2] = {0x5A, 0xA5};
  const tmsize_t row_size = TIFFIsTiled(file->tiff) ? (tmsize_t)TIFFTileRowSize64(file->tiff)
                                                    : (tmsize_t)TIFFScanlineSize64(file->tiff);
  if (row_size <= 0) return -1;
  uint32_t missing = UINT32_MAX, damaged = 0;
  for (int i = 0; i < 2; i++) {
    memset(bytes, marks[i], (size_t)size);
    ctiff_diagnosis *diagnosis = &file->diagnosis;
    diagnosis->damaged_row_count = 0;
    const tmsize_t decoded = decode_block(file, index, bytes, size);
    if (ctiff_has_failed(file) && !diagnosis->ends_early) return -1;
    const int ends_early = diagnosis->ends_early || decoded != size;
    damaged = diagnosis->damaged_row_count;
    const uint32_t marked = marked_rows(bytes, size, row_size, marks[i]);
    if (marked < missing) missing = marked;
    if (missing == 0 && !ends_early) break;
    if (diagnosis->ends_early) ctiff_clear_diagnosis(file);
    if (ends_early && damaged == 0) damaged = 1; // the row in which the data ended
  }
  const tmsize_t rest = (tmsize_t)missing * row_size;
  if (rest > size - row_size && size > row_size) {
    ctiff_fail(file, "a strip or tile ends before its first row does");
    return -1;
  }
  memset(bytes + size - rest, 0, (size_t)rest);
  file->missing_row_count += missing + damaged;
  return size;
}

uint32_t ctiff_take_missing_rows(ctiff_file *file) {
  const uint32_t count = file->missing_row_count;
  file->missing_row_count = 0;
  return count;
}

shim_status ctiff_read_block(ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane,
                             void *bytes, uint64_t byte_count) {
  const uint32_t index = block_index(file, x, y, plane);
  const tmsize_t size = (tmsize_t)byte_count;
  const uint16_t compression = get_short(file->tiff, TIFFTAG_COMPRESSION);
  if (is_sparse(file, index)) {
    memset(bytes, 0, byte_count);
    return SHIM_STATUS_OK;
  }
  if (!is_present(file, index, byte_count, compression)) return ctiff_end(file, 0);
  const tmsize_t decoded = is_fax(compression) && size > 0
                               ? decode_fax(file, index, bytes, size)
                               : decode_block(file, index, bytes, size);
  if (decoded != size) ctiff_fail(file, "a strip or tile has too few samples");
  return ctiff_end(file, decoded == size && !ctiff_has_failed(file));
}

shim_status ctiff_read_rows(ctiff_file *file, uint32_t first_row, uint32_t row_count, void *bytes,
                            uint64_t row_byte_count) {
  if ((uint64_t)TIFFScanlineSize64(file->tiff) != row_byte_count) {
    ctiff_fail(file, "a row has an unexpected size");
    return ctiff_end(file, 0);
  }
  uint8_t *row = bytes;
  for (uint32_t i = 0; i < row_count; i++, row += row_byte_count) {
    if (is_sparse(file, block_index(file, 0, first_row + i, 0))) {
      memset(row, 0, row_byte_count);
    } else if (TIFFReadScanline(file->tiff, row, first_row + i, 0) < 0) {
      ctiff_fail(file, "a row cannot be decoded");
    }
    if (ctiff_has_failed(file)) return ctiff_end(file, 0);
  }
  return SHIM_STATUS_OK;
}

uint64_t ctiff_block_offset(ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane) {
  return TIFFGetStrileOffset(file->tiff, block_index(file, x, y, plane));
}
