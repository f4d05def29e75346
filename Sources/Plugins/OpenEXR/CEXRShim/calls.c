// Nothing where the library is absent and the package trait OpenEXR off.
#if __has_include(<OpenEXR/openexr.h>) || __has_include(<openexr.h>)

#include "calls.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local cexr_call *current;

// Without the line's end, and with the first of several messages kept: it is nearest to the cause.
void cexr_call_complain(cexr_call *call, const char *text) {
  if (call->message[0] != 0) return;
  size_t count = strcspn(text, "\r\n");
  if (count > cexr_message_size - 1) count = cexr_message_size - 1;
  memcpy(call->message, text, count);
  call->message[count] = 0;
}

static void take_error(exr_const_context_t context, exr_result_t code, const char *message) {
  (void)context;
  if (current == NULL) return;
  cexr_call_complain(current, message != NULL ? message : exr_get_default_error_message(code));
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

cexr_status cexr_call_end(cexr_call *call, exr_result_t result) {
  current = NULL;
  if (call->was_cancelled) return CEXR_STATUS_CANCELLED;
  if (call->has_failed_callback) return CEXR_STATUS_CALLBACK_FAILED;
  if (call->has_failed_to_allocate) return CEXR_STATUS_OUT_OF_MEMORY;
  if (result == EXR_ERR_SUCCESS) return CEXR_STATUS_OK;
  cexr_call_complain(call, exr_get_default_error_message(result));
  return result == EXR_ERR_FEATURE_NOT_IMPLEMENTED ? CEXR_STATUS_UNSUPPORTED
                                                   : CEXR_STATUS_MALFORMED;
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
