// Where pkg-config knows the folder, its name is not part of the path.
#if __has_include(<OpenEXR/openexr.h>)
#include <OpenEXR/openexr.h>
#else
#include <openexr.h>
#endif
