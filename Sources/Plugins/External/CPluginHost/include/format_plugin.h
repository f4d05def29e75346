// A format that comes from outside: what a plugin of `convert` exports. Version 1.
//
// A plugin is a shared library with one function, `format_plugin_table`. It is loaded into a process
// of its own, one for each file that is read or written, so that it may use the library it wraps as
// it likes: a crash, a hang or a leak ends with that process. See docs/plugins.md.
//
// Structs begin with their size, so that later versions can add fields at the end; each side looks
// only at fields that lie within the other's size. Numbers are of the machine, texts are UTF-8.

#ifndef FORMAT_PLUGIN_H
#define FORMAT_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FORMAT_PLUGIN_VERSION = 1 };

/// What a function of a plugin comes to; the words go through `format_host.fail` before.
typedef enum format_status {
  FORMAT_OK = 0,
  FORMAT_MALFORMED = 1,       // the file is not as its format demands
  FORMAT_TRUNCATED = 2,       // the file ends too early
  FORMAT_UNSUPPORTED = 3,     // the file or the picture needs what the plugin does not have
  FORMAT_INVALID_OPTION = 4,  // an option or the quality makes no sense
  FORMAT_OUT_OF_MEMORY = 5,
  FORMAT_IO = 6,              // `format_host.read` or `write` has failed
  FORMAT_FAILURE = 7,         // anything else
} format_status;

/// Rows are `channels` interleaved samples a pixel, from the left, without padding.
typedef struct format_layout {
  uint8_t channels;  // 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha; alpha is straight
  uint8_t bits;      // 8 or 16: unsigned, the largest is white; 32: float, 0 to 1
} format_layout;

/// Bytes that belong to whoever gives them: those of a reader as long as it lives, others until
/// the function that got them returns. No bytes: a count of 0.
typedef struct format_bytes {
  const uint8_t *bytes;
  size_t count;
} format_bytes;

/// A picture before its pixels.
typedef struct format_image {
  size_t size;  // of this struct
  uint32_t width, height;
  format_layout layout;
  uint16_t significant_bits;  // of a sample in the file; 0: all
  format_bytes icc;           // a profile
  format_bytes exif;          // a TIFF structure, without "Exif\0\0"
  format_bytes xmp;           // a packet
  double x_density, y_density;  // pixels per inch; 0: not known
} format_image;

typedef enum format_option_kind {
  FORMAT_INTEGER = 0,
  FORMAT_REAL = 1,
  FORMAT_BOOLEAN = 2,  // true or false
  FORMAT_CHOICE = 3,
} format_option_kind;

/// One option, as in `--option ID.KEY=TEXT`; only texts that fit reach the plugin.
typedef struct format_option {
  size_t size;
  const char *key;            // lower case, digits, hyphens
  format_option_kind kind;
  double minimum, maximum;    // of numbers
  const char *const *choices;  // of a choice, the last one is NULL
  const char *standard;       // what holds if nobody says otherwise
  const char *summary;        // one line of help
} format_option;

/// How a picture is to be written.
typedef struct format_settings {
  size_t size;
  double quality;   // 0 to 100; below 0: the format's own
  int lossless;     // every sample has to survive
  int effort;       // 1 to 9; 0: the format's own
  size_t option_count;  // those that were given
  const char *const *keys;
  const char *const *texts;
} format_settings;

/// What a file begins with: `count` bytes at `offset`, of which the bits in `mask` count.
typedef struct format_signature {
  uint32_t offset, count;
  const uint8_t *bytes;
  const uint8_t *mask;  // NULL: all bits
} format_signature;

/// What the program does for a plugin. Functions may be called from the thread that called the
/// plugin, while it is called.
typedef struct format_host {
  size_t size;
  void *context;
  uint64_t input_size;    // of the file that is read, in bytes
  uint64_t memory_limit;  // what the process can hold, in bytes
  /// Reads up to `count` bytes from `offset` on; fewer only at the end of the file; below 0: failed.
  ptrdiff_t (*read)(void *context, uint64_t offset, void *bytes, size_t count);
  /// Writes bytes behind those written; whether that went well.
  int (*write)(void *context, const void *bytes, size_t count);
  /// Says what of the file or the picture is lost, as in "the layers are left out".
  void (*lose)(void *context, const char *what);
  /// Says what is odd, but has no consequence.
  void (*warn)(void *context, const char *what);
  /// Says why the function will not return FORMAT_OK, in words without a full stop, and at which
  /// byte of the file, or -1.
  void (*fail)(void *context, int64_t offset, const char *reason);
} format_host;

enum {  // format_plugin.keeps
  FORMAT_KEEPS_ICC = 1,
  FORMAT_KEEPS_EXIF = 2,
  FORMAT_KEEPS_XMP = 4,
  FORMAT_KEEPS_DENSITY = 8,
};

typedef enum format_losslessness {
  FORMAT_NEVER_LOSSLESS = 0,
  FORMAT_LOSSLESS_IF_ASKED = 1,
  FORMAT_ALWAYS_LOSSLESS = 2,
} format_losslessness;

/// A format: what it is called, what it can hold, and its functions.
typedef struct format_plugin {
  size_t size;
  uint32_t version;  // FORMAT_PLUGIN_VERSION
  const char *id;    // unique: a domain turned round and a name, such as "org.example.picture"
  const char *name;  // for people
  const char *library;  // and its version, such as "libexample 1.2"
  const char *const *extensions;   // without a dot, lower case, the preferred one first; NULL ends
  const char *const *media_types;  // the preferred one first; NULL ends
  const format_signature *signatures;
  size_t signature_count;
  /// What is held for each pixel, in bytes; 0: no more than a few rows.
  uint32_t bytes_per_pixel;

  /// Reading; NULL where the plugin does not read. `open` looks at no pixel; `image->size` is set.
  /// `read_rows` fills in the next `count` rows, never more than there are. Nothing has to be
  /// closed or freed: a process reads one file, then ends.
  format_status (*open)(const format_host *host, format_image *image, void **reader);
  format_status (*read_rows)(void *reader, void *rows, uint32_t count);

  /// Writing; NULL where the plugin does not write. `layouts` is what it takes, `keeps` which
  /// metadata. `finish` is called after the last row.
  const format_layout *layouts;
  size_t layout_count;
  uint32_t largest_side;
  uint32_t keeps;
  format_losslessness losslessness;
  double default_quality;  // below 0: there is no quality
  const format_option *options;
  size_t option_count;
  format_status (*create)(const format_host *host, const format_image *image,
                          const format_settings *settings, void **writer);
  format_status (*write_rows)(void *writer, const void *rows, uint32_t count);
  format_status (*finish)(void *writer);
} format_plugin;

/// The one symbol of a plugin: its table, which lives as long as the library is loaded.
const format_plugin *format_plugin_table(void);
typedef const format_plugin *(*format_plugin_table_function)(void);

#ifdef __cplusplus
}
#endif

#endif
