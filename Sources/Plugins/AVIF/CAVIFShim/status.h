// What libavif's results mean.

#ifndef CAVIF_STATUS_H
#define CAVIF_STATUS_H

#include "loading.h"

#include "CAVIFShim.h"

shim_status cavif_status_of(avifResult result);

#endif
