#ifndef COIN_H
#define COIN_H

/*
 * libcoin: decodes .coin pictures. C11 and C++17.
 *
 *     coin_picture *picture;
 *     coin_error error = {sizeof error};
 *     if (coin_open(bytes, count, NULL, &picture, &error)) puts(error.message);
 *
 * The library keeps no state of its own. A picture may be used by many threads at a time, but for
 * coin_close. Structures begin with their size, which the caller sets to sizeof: fields are only
 * ever added at the end. Pointers to errors, limits and requests may be NULL.
 *
 * Every sample is exactly what the specification says, on every machine. Damaged and hostile files
 * end with a status; what a file may ask for is bounded by limits, checked before anything is
 * allocated in proportion to it.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define COIN_API
#else
#define COIN_API __attribute__((visibility("default")))
#endif

/** How a function ends. */
typedef enum coin_status {
  COIN_OK = 0,
  COIN_TRUNCATED = 1,        /**< The file ends early. */
  COIN_NOT_A_COIN = 2,       /**< Other bytes than a .coin begins with. */
  COIN_TEXT_DAMAGE = 3,      /**< Damaged by a transfer in text mode. */
  COIN_MALFORMED = 4,        /**< Damaged in another way. */
  COIN_UNSUPPORTED = 5,      /**< A newer library is needed. */
  COIN_LIMIT_EXCEEDED = 6,   /**< More than the limits allow. */
  COIN_OUT_OF_MEMORY = 7,    /**< The system gives no more. */
  COIN_INVALID_ARGUMENT = 8, /**< A mistake of the caller. */
  COIN_CANCELLED = 9         /**< The progress function said so. */
} coin_status;

/** What went wrong. */
typedef struct coin_error {
  uint32_t size; /**< sizeof(coin_error) */
  coin_status status;
  uint64_t offset;   /**< Where the file is wrong, in bytes. */
  char message[160]; /**< For people: lower case, no full stop. */
} coin_error;

/** The most that a picture may ask for; 0 stands for the default. */
typedef struct coin_limits {
  uint32_t size;          /**< sizeof(coin_limits) */
  uint32_t reserved;      /**< 0 */
  uint64_t pixels;        /**< Of the picture and of what is decoded: 2^28. */
  uint64_t memory;        /**< Bytes beside the file and the output: 2^30. */
  uint64_t multiply_adds; /**< For the whole picture: 2^42. */
} coin_limits;

/** What the header of a picture says. */
typedef struct coin_info {
  uint32_t size;                /**< sizeof(coin_info) */
  uint32_t width, height;       /**< Pixels as they are stored, before the orientation. */
  uint32_t channels;            /**< 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  uint32_t bit_depth;           /**< 8 or 16. */
  uint32_t orientation;         /**< 1 to 8, as in TIFF and Exif. */
  uint32_t primaries, transfer; /**< Code points of ITU-T H.273; 1 and 13 are sRGB. */
  uint32_t octaves;             /**< 1/2^n of the size can be decoded, n below this. */
  uint32_t architecture;        /**< 1 SIREN, 2 latents. */
  uint32_t density_unit;        /**< 0 only the ratio counts, 1 per inch, 2 per centimeter. */
  uint64_t multiply_adds;       /**< That the whole picture takes. */
  double density_x, density_y;  /**< 0 if the file does not say. */
} coin_info;

/** Blocks of metadata, as they are in the file. */
typedef enum coin_block {
  COIN_ICC = 0,  /**< An ICC profile. */
  COIN_EXIF = 1, /**< Exif, from its byte order mark on. */
  COIN_XMP = 2   /**< XMP in UTF-8. */
} coin_block;

/** How samples are delivered: channels interleaved, straight alpha. */
typedef enum coin_format {
  COIN_STORED = 0, /**< As in the file: its channels; 16 bits in the order of the machine. */
  COIN_RGBA8 = 1   /**< Red, green, blue, alpha of 8 bits. */
} coin_format;

/** Told how much of a call's work is done; any result but 0 stops it. */
typedef int (*coin_progress)(void *user, uint64_t done, uint64_t total);

/** What is to be decoded; all 0 but the size: the whole picture as it is stored. */
typedef struct coin_request {
  uint32_t size;   /**< sizeof(coin_request) */
  uint32_t octave; /**< The picture at 1/2^octave of its size, rounded up. */
  /** For SIREN any size, instead of an octave; 0: the octave's. */
  uint32_t picture_width, picture_height;
  /** A part of the picture at that size; width and height of 0: all of it. */
  uint32_t x, y, width, height;
  coin_format format;
  coin_progress progress; /**< Or NULL. */
  void *user;
} coin_request;

/** A picture. */
typedef struct coin_picture coin_picture;

/** Returns 10000 major + 100 minor + patch. */
COIN_API uint32_t coin_version(void);

/** Returns what a status means, a constant text. */
COIN_API const char *coin_status_text(coin_status status);

/** Reads the header alone, for which the first 8 kB of a file do. */
COIN_API coin_status coin_probe(const void *bytes, size_t count, coin_info *info,
                                coin_error *error);

/**
 * Opens a picture: checks all of the file but what takes as long as decoding.
 *
 * The bytes are copied. Where only the networks need a newer library, the picture opens, and
 * decoding is unsupported.
 */
COIN_API coin_status coin_open(const void *bytes, size_t count, const coin_limits *limits,
                               coin_picture **picture, coin_error *error);

/** Closes a picture; NULL is allowed. */
COIN_API void coin_close(coin_picture *picture);

/** Tells what the header says. */
COIN_API coin_status coin_get_info(const coin_picture *picture, coin_info *info);

/** Finds a block of metadata; it lives as long as the picture. `*bytes` is NULL if there is none. */
COIN_API coin_status coin_get_metadata(const coin_picture *picture, coin_block block,
                                       const void **bytes, size_t *count);

/** Tells how large an output is: pixels a row and column, bytes of a pixel. */
COIN_API coin_status coin_get_output(const coin_picture *picture, const coin_request *request,
                                     uint32_t *width, uint32_t *height, uint32_t *pixel_bytes);

/**
 * Decodes.
 *
 * output: `output_size` bytes, of any alignment; a row every `stride` bytes, at least its own
 * size. What lies between rows is not touched. After an error, rows have any content.
 */
COIN_API coin_status coin_decode(const coin_picture *picture, const coin_request *request,
                                 void *output, size_t output_size, size_t stride,
                                 coin_error *error);

#ifdef __cplusplus
}
#endif
#endif
