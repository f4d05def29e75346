#ifndef IMGCONV_H
#define IMGCONV_H

/*
 * libimgconv: the image converter, all of its formats. C11 and C++17.
 *
 *     imgconv_error error = {.size = sizeof error};
 *     if (imgconv_convert_file("in.png", "out.coin", "quality=60 effort=1", &error))
 *       puts(error.message);
 *
 * The library keeps no state between calls: threads may call it at the same time, each with
 * handles of its own. It never ends the program, handles no signals, starts no processes and
 * writes nothing to standard output or standard error itself. Structures begin with their size,
 * which the caller sets to sizeof: fields are only ever added at the end. What is 0 or NULL has
 * its default.
 *
 * Text is UTF-8; paths are bytes, as the system has them. Damaged and hostile files end with a
 * status; what a file may ask for is bounded by limits, checked before anything is allocated in
 * proportion to it.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define IMGCONV_API
#else
#define IMGCONV_API __attribute__((visibility("default")))
#endif

/** How a function ends. */
typedef enum imgconv_status {
  IMGCONV_OK = 0,
  IMGCONV_UNRECOGNIZED = 1,         /**< Not an image in a known format. */
  IMGCONV_MALFORMED = 2,            /**< The input is damaged. */
  IMGCONV_TRUNCATED = 3,            /**< The input ends early. */
  IMGCONV_UNSUPPORTED = 4,          /**< A valid input, with what is not supported. */
  IMGCONV_LIMIT_EXCEEDED = 5,       /**< The input asks for more than the limits allow. */
  IMGCONV_LOSS_REFUSED = 6,         /**< Something would be lost, and `strict` forbids it. */
  IMGCONV_OUTPUT_EXISTS = 7,        /**< The output exists, without `overwrite`. */
  IMGCONV_INVALID_OPTION = 8,       /**< An option is unknown or has a value out of range. */
  IMGCONV_UNSTORABLE = 9,           /**< The target format cannot hold such an image at all. */
  IMGCONV_TARGET_MISSED = 10,       /**< No quality reaches the size or quality asked for. */
  IMGCONV_STREAM_REFUSED = 11,      /**< A coded stream cannot be taken as it is. */
  IMGCONV_IO = 12,                  /**< The system refused to read or write. */
  IMGCONV_OUT_OF_MEMORY = 13,       /**< The system gives no more. */
  IMGCONV_CODEC_FAILURE = 14,       /**< A codec library failed for a reason of its own. */
  IMGCONV_VERIFICATION_FAILED = 15, /**< The output was wrong and was discarded. */
  IMGCONV_CANCELLED = 16,           /**< A callback said so. */
  IMGCONV_INVALID_ARGUMENT = 17     /**< A mistake of the calling program. */
} imgconv_status;

/** The offset of an error that has none. */
#define IMGCONV_NOWHERE UINT64_MAX

/** What went wrong. */
typedef struct imgconv_error {
  uint32_t size; /**< sizeof(imgconv_error) */
  imgconv_status status;
  uint64_t offset;      /**< Where the input is wrong, in bytes, or IMGCONV_NOWHERE. */
  int32_t system_error; /**< The errno of IMGCONV_IO, or 0. */
  uint32_t may_pass;    /**< 1 if trying again later may help, as with a full disk. */
  char message[512];    /**< For people: one line, no full stop, cut to fit. */
} imgconv_error;

/** Samples: channels interleaved, straight alpha, the largest value white or opaque. */
typedef struct imgconv_pixels {
  uint32_t size;          /**< sizeof(imgconv_pixels) */
  uint32_t width, height; /**< In pixels. */
  uint32_t channels;      /**< 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  uint32_t bit_depth;     /**< 8, or 16 in the order of the machine. */
  uint32_t orientation;   /**< 1 to 8, as in TIFF and Exif; 0 is 1. */
  const void *samples;    /**< The first row, of any alignment. */
  size_t stride;          /**< From a row to the next, in bytes; 0: there are no gaps. */
  const void *icc;        /**< An ICC profile; without one the colors are sRGB. */
  size_t icc_size;
  const void *exif; /**< Exif, from its byte order mark on. */
  size_t exif_size;
  const void *xmp; /**< XMP in UTF-8. */
  size_t xmp_size;
  double density_x, density_y; /**< Pixels an inch. */
} imgconv_pixels;

/** What is read: a path, or the bytes of a file, or samples. It need not outlive the call. */
typedef struct imgconv_source {
  uint32_t size; /**< sizeof(imgconv_source) */
  uint32_t reserved;
  const char *path;  /**< A file. */
  const void *bytes; /**< All of a file; its content says which format it is of. */
  size_t byte_count;
  const imgconv_pixels *pixels;
  /** Of the name of `bytes`: decides between formats that look alike, such as "tga". */
  const char *extension;
} imgconv_source;

/** What is written: a file, or without a path the result's bytes. */
typedef struct imgconv_target {
  uint32_t size; /**< sizeof(imgconv_target) */
  uint32_t reserved;
  /** A file, which appears complete or not at all, and replaces none without `overwrite`. */
  const char *path;
  const char *format; /**< A name or an extension, such as "webp"; NULL: that of the path. */
} imgconv_target;

/** Told how much of the work is done, 0 to 1, and what the codec can say of it. Not 0: stop. */
typedef int (*imgconv_progress)(void *user, double fraction, const char *detail);

/** Asked now and then whether to stop; not 0: yes. */
typedef int (*imgconv_cancel)(void *user);

/**
 * How it is done.
 *
 * Callbacks of a call are called from any thread that works for it, one at a time; slow codecs
 * alone tell of progress.
 */
typedef struct imgconv_settings {
  uint32_t size;    /**< sizeof(imgconv_settings) */
  uint32_t threads; /**< The most of a codec; 0: all cores. Results do not depend on it. */
  uint64_t max_pixels; /**< The most pixels of an image, whatever `options` say; 0: 2^28. */
  uint64_t max_memory; /**< The most memory of a conversion, in bytes; 0: 2^32. */
  /**
   * Options of the command line, in any of its spellings, between spaces or line ends:
   *
   *     "quality=60 effort=1 strict coin.bpp=0.5"
   *     "--quality 60 --effort 1 --strict --option coin.bpp=0.5"
   *
   * to, overwrite, verify; region, page, pages, fit, enlarge, size, scale, filter,
   * linear-light; keep, orient, background, depth, dither, extra-samples, to-srgb, plain-cmyk;
   * quality, lossless, effort, option, salvage, strict; target-size, target-psnr, target-ssim;
   * threads, kernels; max-pixels, max-memory, max-work, max-metadata, max-frames. They mean
   * what the manual page says; options of a format are also written without `option`.
   */
  const char *options;
  imgconv_progress progress;
  imgconv_cancel is_cancelled;
  void *user; /**< For the callbacks. */
} imgconv_settings;

/** What a call gives. */
typedef struct imgconv_result imgconv_result;

/** An image that is open. */
typedef struct imgconv_image imgconv_image;

/** What decoding gives. */
typedef struct imgconv_image_info {
  uint32_t size;               /**< sizeof(imgconv_image_info) */
  uint32_t width, height;      /**< Pixels, after what the options ask for. */
  uint32_t channels;           /**< With which the least is lost: as in imgconv_pixels. */
  uint32_t bit_depth;          /**< 8 or 16, likewise. */
  /** How the pixels have to be turned, 1 to 8: where the Exif cannot say it, they have been. */
  uint32_t orientation;
  uint32_t frames;             /**< Pages or frames of the file. */
  uint32_t reserved;           /**< 0 */
  double density_x, density_y; /**< Pixels an inch; 0 if the file does not say. */
} imgconv_image_info;

/** Blocks of metadata. */
typedef enum imgconv_block {
  IMGCONV_ICC = 0,  /**< An ICC profile. */
  IMGCONV_EXIF = 1, /**< Exif, from its byte order mark on. */
  IMGCONV_XMP = 2   /**< XMP in UTF-8. */
} imgconv_block;

/** Returns 10000 major + 100 minor + patch. */
IMGCONV_API uint32_t imgconv_version(void);

/** Returns what a status means, a constant text. */
IMGCONV_API const char *imgconv_status_text(imgconv_status status);

/**
 * Converts: any format that is read, or samples, to any format that is written.
 *
 * `*result` is NULL after an error. Without a path in `target`, `result` is needed: it has the
 * bytes.
 */
IMGCONV_API imgconv_status imgconv_convert(const imgconv_source *source,
                                           const imgconv_target *target,
                                           const imgconv_settings *settings,
                                           imgconv_result **result, imgconv_error *error);

/** Converts a file to a file; `options` as in imgconv_settings, or NULL. */
IMGCONV_API imgconv_status imgconv_convert_file(const char *input, const char *output,
                                                const char *options, imgconv_error *error);

/** Tells what is in a file, without decoding it: the result's JSON is that of `info --json`. */
IMGCONV_API imgconv_status imgconv_inspect(const imgconv_source *source,
                                           const imgconv_settings *settings,
                                           imgconv_result **result, imgconv_error *error);

/** Lists the formats: the result's JSON is an array of what `formats --json` prints. */
IMGCONV_API imgconv_status imgconv_list_formats(imgconv_result **result, imgconv_error *error);

/** Opens an image to decode it; bytes and samples are copied, callbacks are kept. */
IMGCONV_API imgconv_status imgconv_open(const imgconv_source *source,
                                        const imgconv_settings *settings, imgconv_image **image,
                                        imgconv_error *error);

/** Tells what decoding gives. */
IMGCONV_API imgconv_status imgconv_get_image_info(const imgconv_image *image,
                                                  imgconv_image_info *info);

/** Finds a block of metadata, which lives as long as the image; NULL if there is none. */
IMGCONV_API imgconv_status imgconv_get_metadata(const imgconv_image *image, imgconv_block block,
                                                const void **bytes, size_t *count);

/**
 * Decodes, as often as wanted.
 *
 * channels, bit_depth: as in imgconv_pixels; 0: those of imgconv_get_image_info. samples:
 * `size` bytes of any alignment, a row every `stride` bytes, 0 for rows without gaps. What lies
 * between rows is not touched; after an error, rows have any content. result: NULL, or what was
 * lost.
 */
IMGCONV_API imgconv_status imgconv_decode(const imgconv_image *image, uint32_t channels,
                                          uint32_t bit_depth, void *samples, size_t size,
                                          size_t stride, imgconv_result **result,
                                          imgconv_error *error);

/** Closes an image; NULL is allowed. */
IMGCONV_API void imgconv_close(imgconv_image *image);

/** Returns the file that was written to memory, or NULL; it lives as long as the result. */
IMGCONV_API const void *imgconv_result_bytes(const imgconv_result *result, size_t *count);

/** Returns what happened as JSON, as `--json` has it; it lives as long as the result. */
IMGCONV_API const char *imgconv_result_json(const imgconv_result *result);

/** Returns how many things were lost. */
IMGCONV_API size_t imgconv_result_loss_count(const imgconv_result *result);

/** Returns a line that says what was lost, or NULL; it lives as long as the result. */
IMGCONV_API const char *imgconv_result_loss(const imgconv_result *result, size_t index);

/** Returns how many things the codecs found odd. */
IMGCONV_API size_t imgconv_result_warning_count(const imgconv_result *result);

/** Returns a line that says what was odd, or NULL; it lives as long as the result. */
IMGCONV_API const char *imgconv_result_warning(const imgconv_result *result, size_t index);

/** Frees a result; NULL is allowed. */
IMGCONV_API void imgconv_result_free(imgconv_result *result);

#ifdef __cplusplus
}
#endif
#endif
