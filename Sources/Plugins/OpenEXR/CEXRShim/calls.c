// Nothing where the library is absent and the package trait OpenEXR off.
#if __has_include(<OpenEXR/openexr.h>) || __has_include(<openexr.h>)

#include "calls.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local cexr_call *current;

static void take_error(exr_const_context_t context, exr_result_t code, const char *message) {
  (void)context;
  if (current == NULL) return;
  shim_report_complain(&current->report,
                       message != NULL ? message : exr_get_default_error_message(code));
}

static void *allocate(size_t count) {
  void *bytes = malloc(count);
  if (bytes == NULL && current != NULL) current->has_failed_to_allocate = 1;
  return bytes;
}

static void release(void *bytes) { free(bytes); }

void cexr_call_begin(cexr_call *call) {
  memset(call, 0, sizeof *call);
  current = call;
}

shim_status cexr_call_end(cexr_call *call, exr_result_t result) {
  current = NULL;
  if (call->was_cancelled) return SHIM_STATUS_CANCELLED;
  if (call->has_failed_callback) return SHIM_STATUS_CALLBACK_FAILED;
  if (call->has_failed_to_allocate) return SHIM_STATUS_OUT_OF_MEMORY;
  if (result == EXR_ERR_SUCCESS) return SHIM_STATUS_OK;
  shim_report_complain(&call->report, exr_get_default_error_message(result));
  return result == EXR_ERR_FEATURE_NOT_IMPLEMENTED ? SHIM_STATUS_UNSUPPORTED
                                                   : SHIM_STATUS_MALFORMED;
}

exr_context_initializer_t cexr_initializer(void *user_data) {
  exr_context_initializer_t initializer = EXR_DEFAULT_CONTEXT_INITIALIZER;
  initializer.error_handler_fn = take_error;
  initializer.alloc_fn = allocate;
  initializer.free_fn = release;
  initializer.user_data = user_data;
  return initializer;
}

#endif
