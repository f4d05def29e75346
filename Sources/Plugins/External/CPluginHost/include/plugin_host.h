#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

// The inside of a process that holds one plugin: frames come through one descriptor and go through
// another. A frame is a kind and a count of 32 bits, then so many bytes. Numbers are of the machine.

#include <stdint.h>

enum plugin_frame {
  // Requests; each is answered by one of DESCRIPTION, IMAGE, ROWS, DONE and FAILED.
  PLUGIN_DESCRIBE = 1,  // nothing
  PLUGIN_OPEN = 2,      // u64 size of the file
  PLUGIN_READ = 3,      // u32 rows
  PLUGIN_CREATE = 4,    // fields of an image and of settings
  PLUGIN_WRITE = 5,     // whole rows
  PLUGIN_FINISH = 6,    // nothing
  // What the host asks and tells meanwhile; NEED is answered by BYTES.
  PLUGIN_NEED = 16,     // u64 offset, u64 count
  PLUGIN_BYTES = 17,    // as many as there are
  PLUGIN_OUTPUT = 19,   // bytes for the end of the file
  PLUGIN_LOSS = 20,     // text
  PLUGIN_WARNING = 21,  // text
  // Answers.
  PLUGIN_DESCRIPTION = 32,  // fields
  PLUGIN_IMAGE = 33,        // fields
  PLUGIN_ROWS = 34,         // pixels
  PLUGIN_DONE = 35,         // nothing
  PLUGIN_FAILED = 36,       // u32 status, i64 offset, text
};

// A field is a tag of 8 bits, a count of 32 bits, then so many bytes.
enum plugin_field {
  PLUGIN_FIELD_ID = 1,
  PLUGIN_FIELD_NAME = 2,
  PLUGIN_FIELD_LIBRARY = 3,
  PLUGIN_FIELD_EXTENSION = 4,
  PLUGIN_FIELD_MEDIA_TYPE = 5,
  PLUGIN_FIELD_SIGNATURE = 6,  // u32 offset, the bytes, as many bytes of mask
  PLUGIN_FIELD_NUMBERS = 7,    // plugin_numbers
  PLUGIN_FIELD_LAYOUT = 8,     // u8 channels, u8 bits
  PLUGIN_FIELD_OPTION = 9,     // u32 kind, f64 minimum, f64 maximum, texts that end with 0
  PLUGIN_FIELD_IMAGE = 16,     // plugin_image_numbers
  PLUGIN_FIELD_ICC = 17,
  PLUGIN_FIELD_EXIF = 18,
  PLUGIN_FIELD_XMP = 19,
  PLUGIN_FIELD_SETTINGS = 20,  // plugin_settings_numbers
  PLUGIN_FIELD_VALUE = 21,     // two texts that end with 0
};

typedef struct plugin_numbers {
  uint32_t bytes_per_pixel, reads, writes, largest_side, keeps, losslessness;
  double default_quality;
} plugin_numbers;

typedef struct plugin_image_numbers {
  uint32_t width, height, channels, bits, significant_bits, padding;
  double x_density, y_density;
} plugin_image_numbers;

typedef struct plugin_settings_numbers {
  double quality;
  int32_t lossless, effort;
} plugin_settings_numbers;

/// Loads a plugin and serves requests until no more come.
///
/// - path: The shared library.
/// - memory_limit: What the process may hold, in bytes; 0: no limit.
/// - input, output: Where frames come from and go to.
/// - Returns: The exit status of the process: 0, or 1 if the other side speaks nonsense.
int plugin_host_serve(const char *path, uint64_t memory_limit, int input, int output);

#endif
