// Colors by code points, which libjxl numbers nearly, but not quite, as ITU-T H.273 does.

#ifndef CJXL_COLOR_H
#define CJXL_COLOR_H

#include <jxl/decode.h>
#include <jxl/encode.h>

#include "CJXLShim.h"
#include "loading.h"

// Whether libjxl's description has code points, which are then set.
int cjxl_code_points_of(const JxlColorEncoding *encoding, uint8_t *primaries, uint8_t *transfer);

// The description of code points; returns whether there is one.
int cjxl_encoding_of(uint8_t primaries, uint8_t transfer, int is_gray,
                     JxlColorEncoding *encoding);

// Where pixels are not those of the original, and its space is not one that libjxl knows, they are
// asked for in sRGB, which it can make.
int cjxl_prefer_standard(JxlDecoder *decoder, const cjxl_contents *contents);

#endif
