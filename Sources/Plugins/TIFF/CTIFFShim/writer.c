// Writing: pages of strips or tiles.
#include <stdlib.h>

#include "file.h"

int ctiff_has_codec(uint16_t compression) { return TIFFIsCODECConfigured(compression) == 1; }

static int set_samples(TIFF *tiff, const ctiff_parameters *p) {
  int ok = TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, (int)p->bits_per_sample) &&
           TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, (int)p->samples_per_pixel) &&
           TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, (int)p->sample_format) &&
           TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  if (p->has_extra_sample) {
    const uint16_t kinds[1] = {p->extra_sample};
    ok = ok && TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, kinds);
  }
  if (p->color_map) {
    const size_t count = (size_t)1 << p->bits_per_sample;
    ok = ok && TIFFSetField(tiff, TIFFTAG_COLORMAP, p->color_map, p->color_map + count,
                            p->color_map + 2 * count);
  }
  return ok;
}

// Pseudo-tags of the codec come after the choice of the codec.
static int set_codec(TIFF *tiff, const ctiff_parameters *p) {
  int ok = TIFFSetField(tiff, TIFFTAG_COMPRESSION, (int)p->compression);
  if (p->predictor > PREDICTOR_NONE) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_PREDICTOR, (int)p->predictor);
  }
  switch (p->compression) {
  case COMPRESSION_ADOBE_DEFLATE:
    return ok && (!p->level || TIFFSetField(tiff, TIFFTAG_ZIPQUALITY, p->level));
  case COMPRESSION_ZSTD:
    return ok && (!p->level || TIFFSetField(tiff, TIFFTAG_ZSTD_LEVEL, p->level));
  case COMPRESSION_WEBP:
    return ok && (p->quality ? TIFFSetField(tiff, TIFFTAG_WEBP_LEVEL, p->quality)
                             : TIFFSetField(tiff, TIFFTAG_WEBP_LOSSLESS, 1));
  case COMPRESSION_LERC:
    return ok && TIFFSetField(tiff, TIFFTAG_LERC_MAXZERROR, p->maximum_error);
  case COMPRESSION_JPEG:
    ok = ok && TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, p->quality);
    // The caller's samples are RGB, the file's YCbCr.
    return ok && (p->photometric != PHOTOMETRIC_YCBCR ||
                  TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB));
  default:
    return ok;
  }
}

static int set_structure(TIFF *tiff, const ctiff_parameters *p) {
  int ok = TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, p->width) &&
           TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, p->height) && set_samples(tiff, p) &&
           TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, (int)p->photometric);
  if (p->tile_size) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_TILEWIDTH, p->tile_size) &&
         TIFFSetField(tiff, TIFFTAG_TILELENGTH, p->tile_size);
  } else {
    ok = ok && TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, p->rows_per_strip);
  }
  return ok && set_codec(tiff, p);
}

static int set_metadata(TIFF *tiff, const ctiff_parameters *p) {
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
  if (p->page_count > 1) {
    ok = ok && TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE) &&
         TIFFSetField(tiff, TIFFTAG_PAGENUMBER, (int)p->page, (int)p->page_count);
  }
  return ok;
}

ctiff_file *ctiff_open_writer(ctiff_io io, int is_big_endian, int is_big_tiff) {
  ctiff_file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->io = io;
  file->is_writing = 1;
  const char mode[] = {'w', 'm', is_big_endian ? 'b' : 'l', is_big_tiff ? '8' : '4', 0};
  ctiff_open(file, mode, 0);
  return file;
}

shim_status ctiff_begin_page(ctiff_file *file, const ctiff_parameters *p) {
  if (!set_structure(file->tiff, p) || !set_metadata(file->tiff, p)) {
    ctiff_fail(file, "a field cannot be set");
  }
  return ctiff_end(file, !ctiff_has_failed(file));
}

shim_status ctiff_write_block(ctiff_file *file, uint32_t index, void *bytes, uint64_t byte_count) {
  const tmsize_t size = (tmsize_t)byte_count;
  const tmsize_t encoded = TIFFIsTiled(file->tiff)
                               ? TIFFWriteEncodedTile(file->tiff, index, bytes, size)
                               : TIFFWriteEncodedStrip(file->tiff, index, bytes, size);
  if (encoded != size) ctiff_fail(file, "a strip or tile cannot be written");
  return ctiff_end(file, encoded == size && !ctiff_has_failed(file));
}

shim_status ctiff_finish_page(ctiff_file *file) {
  if (!TIFFFlushData(file->tiff) || !TIFFWriteDirectory(file->tiff)) {
    ctiff_fail(file, "the directory cannot be written");
  }
  return ctiff_end(file, !ctiff_has_failed(file));
}
