#ifndef CLCMS_CONTEXT_H
#define CLCMS_CONTEXT_H

#include <lcms2.h>

// A context of its own for each piece of work, which prints nothing: what is wrong shows in
// results. NULL if memory is short.
cmsContext clcms_create_context(void);

#endif
