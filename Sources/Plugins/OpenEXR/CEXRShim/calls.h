// What a call of the library leaves behind.
//
// The library tells its handler of errors nothing that leads to the reader or writer without a lock
// that it may hold, so that who is calling is known by the thread.
#ifndef CEXR_CALLS_H
#define CEXR_CALLS_H

#include "loading.h"

#include "CEXRShim.h"

typedef struct cexr_call {
  shim_report report;
  int has_failed_to_allocate;
  int has_failed_callback;
  int was_cancelled;
} cexr_call;

// Whose call runs in this thread from now on; NULL for nobody's.
void cexr_call_begin(cexr_call *call);

// How a call ended; what the library calls a want of memory is mostly a want of data.
shim_status cexr_call_end(cexr_call *call, exr_result_t result);

// What all contexts have in common.
exr_context_initializer_t cexr_initializer(void *user_data);

#endif
