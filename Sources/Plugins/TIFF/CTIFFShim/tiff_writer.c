// Writing: one directory of strips or tiles.
#include <stdlib.h>

#include "tiff_file.h"

static int set_structure(TIFF *tiff, const tiff_shim_parameters *p) {
  int ok = TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, p->width) &&
           TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, p->height) &&
           TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, (int)p->bits_per_sample) &&
           TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, (int)p->samples_per_pixel) &&
           TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT) &&
           TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, (int)p->photometric) &&
           TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
           TIFFSetField(tiff, TIFFTAG_COMPRESSION, (int)p->compression);
  if (p->extra_sample) {
    const uint16_t kinds[1] = {p->extra_sample};
    ok = ok && TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, kinds);
  }
  if (p->tile_size) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_TILEWIDTH, p->tile_size) &&
         TIFFSetField(tiff, TIFFTAG_TILELENGTH, p->tile_size);
  } else {
    ok = ok && TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, p->rows_per_strip);
  }
  // Pseudo-tags of the codec come after the choice of the codec.
  if (p->predictor > PREDICTOR_NONE) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_PREDICTOR, (int)p->predictor);
  }
  if (p->deflate_level) ok = ok && TIFFSetField(tiff, TIFFTAG_ZIPQUALITY, p->deflate_level);
  return ok;
}

static int set_metadata(TIFF *tiff, const tiff_shim_parameters *p) {
  int ok = 1;
  if (p->orientation > ORIENTATION_TOPLEFT) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_ORIENTATION, (int)p->orientation);
  }
  if (p->resolution_unit) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, (int)p->resolution_unit) &&
         TIFFSetField(tiff, TIFFTAG_XRESOLUTION, p->horizontal_resolution) &&
         TIFFSetField(tiff, TIFFTAG_YRESOLUTION, p->vertical_resolution);
  }
  if (p->icc_byte_count) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_ICCPROFILE, p->icc_byte_count, p->icc);
  }
  if (p->xmp_byte_count) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_XMLPACKET, p->xmp_byte_count, p->xmp);
  }
  return ok;
}

tiff_shim *tiff_shim_open_writer(tiff_shim_io io, const tiff_shim_parameters *p) {
  tiff_shim *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->io = io;
  file->is_writing = 1;
  const char mode[] = {'w', 'm', p->is_big_endian ? 'b' : 'l', p->is_big_tiff ? '8' : '4', 0};
  if (tiff_file_open(file, mode, 0) &&
      !(set_structure(file->tiff, p) && set_metadata(file->tiff, p))) {
    tiff_file_fail(file, "a field cannot be set");
    file->is_closing = 1;
    TIFFCleanup(file->tiff);
    file->tiff = NULL;
  }
  return file;
}

int tiff_shim_write_block(tiff_shim *file, uint32_t index, void *bytes, uint64_t byte_count) {
  const tmsize_t size = (tmsize_t)byte_count;
  const tmsize_t encoded = TIFFIsTiled(file->tiff)
                               ? TIFFWriteEncodedTile(file->tiff, index, bytes, size)
                               : TIFFWriteEncodedStrip(file->tiff, index, bytes, size);
  if (encoded != size) tiff_file_fail(file, "a strip or tile cannot be written");
  return encoded == size && !file->diagnosis.error[0];
}

int tiff_shim_finish(tiff_shim *file) {
  if (!TIFFFlushData(file->tiff) || !TIFFWriteDirectory(file->tiff)) {
    tiff_file_fail(file, "the directory cannot be written");
  }
  return !file->diagnosis.error[0];
}
