// How a call of a shim ended.
#ifndef SHIM_STATUS_H
#define SHIM_STATUS_H

#define SHIM_SWIFT_NAME(name) __attribute__((swift_name(name)))

typedef enum __attribute__((enum_extensibility(closed))) shim_status {
  SHIM_STATUS_OK SHIM_SWIFT_NAME("ok"),
  // The data violates the format.
  SHIM_STATUS_MALFORMED SHIM_SWIFT_NAME("malformed"),
  // The input ended before the image did.
  SHIM_STATUS_TRUNCATED SHIM_SWIFT_NAME("truncated"),
  // The data asks for something that this version of the library does not do.
  SHIM_STATUS_UNSUPPORTED SHIM_SWIFT_NAME("unsupported"),
  // A callback reported a failure, whose reason it knows.
  SHIM_STATUS_CALLBACK_FAILED SHIM_SWIFT_NAME("callbackFailed"),
  // A callback asked to stop.
  SHIM_STATUS_CANCELLED SHIM_SWIFT_NAME("cancelled"),
  SHIM_STATUS_OUT_OF_MEMORY SHIM_SWIFT_NAME("outOfMemory"),
  // The library failed for a reason of its own.
  SHIM_STATUS_FAILED SHIM_SWIFT_NAME("failed"),
} shim_status;

#endif
