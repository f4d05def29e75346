// Tests libimgconv through its public header alone: libimgconv_test VECTORS FOLDER.

#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <imgconv.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vector_files.h"

/// Vectors reach the ends of the sizes that there are; without their Exif, which may have no
/// place for the orientation, samples stay as they are stored.
#define WIDE "max-pixels=1T max-work=1000000T keep=orientation "

static imgconv_source in_memory(const void *bytes, size_t count) {
  return (imgconv_source){
      .size = sizeof(imgconv_source), .bytes = count > 0 ? bytes : "", .byte_count = count};
}

/// Opens and decodes with a gap between rows; the samples without it, or NULL.
static unsigned char *decoded(const void *bytes, size_t count, const char *options,
                              size_t *sample_count, imgconv_error *error) {
  imgconv_source source = in_memory(bytes, count);
  imgconv_settings settings = {.size = sizeof settings, .options = options};
  imgconv_image *image;
  if (imgconv_open(&source, &settings, &image, error)) {
    CHECK(!image, "%s", error->message);
    return NULL;
  }
  imgconv_image_info info = {.size = sizeof info};
  CHECK(!imgconv_get_image_info(image, &info), "info");
  size_t row = (size_t)info.width * info.channels * (info.bit_depth / 8), gap = 3;
  *sample_count = row * info.height;
  unsigned char *samples = malloc((row + gap) * info.height);
  if (!samples) abort();
  memset(samples, 0x5A, (row + gap) * info.height);
  imgconv_status status = imgconv_decode(
      image, 0, 0, samples, (row + gap) * info.height - gap, row + gap, NULL, error);
  for (uint32_t y = 1; !status && y < info.height; y++) {
    CHECK(samples[y * (row + gap) - 1] == 0x5A, "the gap of row %u", y);
    memmove(samples + y * row, samples + y * (row + gap), row);
  }
  imgconv_close(image);
  if (!status) return samples;
  free(samples);
  return NULL;
}

static void try_vector(const char *folder, int is_faulty) {
  char path[1024], options[256] = WIDE;
  size_t count, json_count, sample_count;
  snprintf(path, sizeof path, "%s/input.coin", folder);
  unsigned char *bytes = read_file(path, &count);
  snprintf(path, sizeof path, "%s/vector.json", folder);
  char *json = (char *)read_file(path, &json_count);
  if (!bytes || !json) abort();
  json[json_count - 1] = 0;
  uint32_t n[4];
  size_t end = strlen(options);
  if (list(json, "size", n) == 2)
    end += (size_t)snprintf(options + end, sizeof options - end, "size=%ux%u ", n[0], n[1]);
  if (list(json, "region", n) == 4)
    snprintf(options + end, sizeof options - end, "region=%u,%u,%u,%u", n[0], n[1], n[2], n[3]);
  imgconv_error error = {.size = sizeof error};
  unsigned char *samples = decoded(bytes, count, options, &sample_count, &error);
  if (is_faulty) {
    CHECK(!samples, "%s", folder);
    CHECK(error.status >= IMGCONV_UNRECOGNIZED && error.status <= IMGCONV_UNSUPPORTED, "%s: %s",
          folder, error.message);
    // One begins like a file of another format.
    if (strstr(error.message, "coin") && error.offset != IMGCONV_NOWHERE)
      CHECK(error.offset == (uint64_t)number(json, "offset", -1), "%s: %s", folder,
            error.message);
  } else {
    snprintf(path, sizeof path, "%s/expected.pam", folder);
    CHECK(samples && equals_pam(path, samples, sample_count), "%s: %s", folder, error.message);
  }
  free(samples);
  free(bytes);
  free(json);
}

static int try_group(const char *root, const char *group) {
  char path[1024];
  int count = 0;
  snprintf(path, sizeof path, "%s/%s", root, group);
  DIR *folder = opendir(path);
  if (!folder) return 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s/%s", root, group, entry->d_name);
    try_vector(path, strcmp(group, "faulty") == 0);
    count++;
  }
  closedir(folder);
  return count;
}

enum { WIDTH = 40, HEIGHT = 30 };

/// A picture of the program's own, in memory that ends where it does.
static unsigned char picture[WIDTH * HEIGHT * 3];

static imgconv_pixels pixels(void) {
  for (size_t k = 0; k < sizeof picture; k++)
    picture[k] = (unsigned char)(k / 3 % WIDTH * 5 + k % 3 * 20);
  return (imgconv_pixels){.size = sizeof(imgconv_pixels),
                          .width = WIDTH,
                          .height = HEIGHT,
                          .channels = 3,
                          .bit_depth = 8,
                          .samples = picture};
}

/// Encodes the picture; NULL, with the error.
static imgconv_result *encoded(const imgconv_settings *settings, const char *format,
                               imgconv_error *error) {
  imgconv_pixels raw = pixels();
  imgconv_source source = {.size = sizeof source, .pixels = &raw};
  imgconv_target target = {.size = sizeof target, .format = format};
  imgconv_result *result;
  imgconv_status status = imgconv_convert(&source, &target, settings, &result, error);
  CHECK((status == IMGCONV_OK) == (result != NULL) && error->status == status, "%s", format);
  return result;
}

/// Samples to PNG and back; through files and through memory, to the same .coin.
static void try_conversions(const char *folder) {
  char png_path[1024], coin_path[1024];
  snprintf(png_path, sizeof png_path, "%s/library.png", folder);
  snprintf(coin_path, sizeof coin_path, "%s/library.coin", folder);
  imgconv_error error = {.size = sizeof error};
  imgconv_settings plain = {.size = sizeof plain};
  imgconv_settings quick = {.size = sizeof quick, .options = "quality=60 effort=1"};
  imgconv_result *png = encoded(&plain, "png", &error);
  CHECK(png, "%s", error.message);
  size_t png_count, coin_count, file_count, sample_count;
  const void *png_bytes = imgconv_result_bytes(png, &png_count);
  unsigned char *samples = decoded(png_bytes, png_count, NULL, &sample_count, &error);
  CHECK(samples && sample_count == sizeof picture && !memcmp(samples, picture, sample_count),
        "%s", error.message);
  free(samples);

  FILE *file = fopen(png_path, "wb");
  if (!file || fwrite(png_bytes, 1, png_count, file) != png_count || fclose(file)) abort();
  imgconv_source source = in_memory(png_bytes, png_count);
  imgconv_target target = {.size = sizeof target, .format = "coin"};
  imgconv_result *coin;
  CHECK(!imgconv_convert(&source, &target, &quick, &coin, &error), "%s", error.message);
  const void *coin_bytes = imgconv_result_bytes(coin, &coin_count);
  CHECK(!imgconv_convert_file(png_path, coin_path, "quality=60 effort=1 overwrite", &error),
        "%s", error.message);
  unsigned char *again = read_file(coin_path, &file_count);
  CHECK(again && file_count == coin_count && !memcmp(again, coin_bytes, coin_count), "equal");
  CHECK(imgconv_convert_file(png_path, coin_path, NULL, &error) == IMGCONV_OUTPUT_EXISTS, "%s",
        error.message);
  CHECK(strstr(imgconv_result_json(coin), "\"output_format\":\"coin\""), "JSON");
  CHECK(imgconv_result_loss_count(coin) == 0 && !imgconv_result_loss(coin, 0), "losses");

  imgconv_result *seen;
  CHECK(!imgconv_inspect(&source, NULL, &seen, &error), "%s", error.message);
  CHECK(strstr(imgconv_result_json(seen), "\"width\":40,\"height\":30"), "information");
  imgconv_result_free(seen);
  for (size_t k = 0; k + 12 < png_count; k += 5) {
    imgconv_source part = in_memory(png_bytes, k);
    imgconv_status status = imgconv_convert(&part, &target, &quick, &seen, &error);
    CHECK(status >= IMGCONV_UNRECOGNIZED && status <= IMGCONV_TRUNCATED && !seen, "%zu bytes",
          k);
  }
  free(again);
  imgconv_result_free(coin);
  imgconv_result_free(png);
}

static int stop(void *user, double fraction, const char *detail) {
  CHECK(fraction >= 0 && fraction <= 1 && detail, "progress");
  return ++*(int *)user >= 2;
}

/// Nothing is encoded, for a reason.
static void refused(const imgconv_settings *settings, const char *format,
                    imgconv_status status, const char *what) {
  imgconv_error error = {.size = sizeof error};
  CHECK(!encoded(settings, format, &error) && error.status == status, "%s: %s", what,
        error.message);
}

static int is_late(void *user) { return ++*(int *)user >= 3; }

static void try_wishes(const char *folder) {
  char path[1024];
  snprintf(path, sizeof path, "%s/none.coin", folder);
  imgconv_error error = {.size = sizeof error};
  int calls = 0;
  imgconv_settings settings = {
      .size = sizeof settings, .options = "effort=1", .progress = stop, .user = &calls};
  refused(&settings, "coin", IMGCONV_CANCELLED, "progress");
  CHECK(calls == 2, "%d calls", calls);
  calls = 0;
  settings.progress = NULL;
  settings.is_cancelled = is_late;
  imgconv_pixels raw = pixels();
  imgconv_source source = {.size = sizeof source, .pixels = &raw};
  imgconv_target target = {.size = sizeof target, .path = path};
  CHECK(imgconv_convert(&source, &target, &settings, NULL, &error) == IMGCONV_CANCELLED,
        "cancel");
  CHECK(calls == 3 && access(path, F_OK) != 0, "%d calls", calls);

  settings = (imgconv_settings){.size = sizeof settings, .max_pixels = WIDTH * HEIGHT - 1};
  settings.options = "max-pixels=1G";
  refused(&settings, "png", IMGCONV_LIMIT_EXCEEDED, "pixels");
  settings = (imgconv_settings){.size = sizeof settings, .max_memory = 1000};
  refused(&settings, "coin", IMGCONV_LIMIT_EXCEEDED, "memory");
  settings = (imgconv_settings){.size = sizeof settings, .options = "quality=1000"};
  refused(&settings, "coin", IMGCONV_INVALID_OPTION, "quality");
  settings = (imgconv_settings){.size = 8};
  refused(&settings, "coin", IMGCONV_INVALID_ARGUMENT, "size");
  settings = (imgconv_settings){.size = sizeof settings, .options = "strict depth=8"};
  raw.bit_depth = 16;
  raw.width /= 2;
  target = (imgconv_target){.size = sizeof target, .format = "png"};
  imgconv_result *result;
  CHECK(imgconv_convert(&source, &target, &settings, &result, &error) == IMGCONV_LOSS_REFUSED,
        "%s", error.message);
  settings.options = "depth=8";
  CHECK(!imgconv_convert(&source, &target, &settings, &result, &error), "%s", error.message);
  CHECK(imgconv_result_loss_count(result) == 1, "%s", imgconv_result_json(result));
  CHECK(!strcmp(imgconv_result_loss(result, 0), "16-bit samples become 8-bit"), "loss");
  imgconv_result_free(result);
}

static void *convert_often(void *user) {
  static const char *const formats[] = {"png", "tiff", "webp", "jpeg", "gif", "qoi"};
  (void)user;
  imgconv_settings settings = {.size = sizeof settings, .threads = 1};
  for (int k = 0; k < 60; k++) {
    imgconv_error error = {.size = sizeof error};
    imgconv_pixels raw = {.size = sizeof raw,
                          .width = WIDTH,
                          .height = HEIGHT,
                          .channels = 3,
                          .bit_depth = 8,
                          .samples = picture};
    imgconv_source source = {.size = sizeof source, .pixels = &raw};
    imgconv_target target = {.size = sizeof target, .format = formats[k % 6]};
    imgconv_result *result;
    if (imgconv_convert(&source, &target, &settings, &result, &error)) {
      // What was left out of this build is not written.
      if (error.status == IMGCONV_INVALID_OPTION) continue;
      return (void *)formats[k % 6];
    }
    imgconv_result_free(result);
  }
  return NULL;
}

static void try_threads(void) {
  pthread_t threads[4];
  for (int k = 0; k < 4; k++)
    if (pthread_create(&threads[k], NULL, convert_often, NULL)) abort();
  for (int k = 0; k < 4; k++) {
    void *failed;
    pthread_join(threads[k], &failed);
    CHECK(!failed, "%s", failed ? (const char *)failed : "");
  }
}

/// What signals do, as far as a program can see.
static void note_signals(void (*handlers[32])(int)) {
  for (int k = 1; k < 32; k++) {
    struct sigaction action;
    handlers[k] = sigaction(k, NULL, &action) ? SIG_ERR : action.sa_handler;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  void (*before[32])(int), (*after[32])(int);
  note_signals(before);
  int sound = try_group(arguments[1], "valid") + try_group(arguments[1], "unusual");
  int faulty = try_group(arguments[1], "faulty");
  CHECK(sound >= 67 && faulty >= 143, "%d and %d vectors", sound, faulty);
  try_conversions(arguments[2]);
  try_wishes(arguments[2]);
  try_threads();
  note_signals(after);
  for (int k = 1; k < 32; k++) CHECK(before[k] == after[k], "signal %d", k);
  CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "processes");
  CHECK(imgconv_version() >= 200, "version");
  CHECK(!strcmp(imgconv_status_text((imgconv_status)99), "unknown status"), "text");
  imgconv_close(NULL);
  imgconv_result_free(NULL);
  printf("%d vectors, %d checks, %d failures\n", sound + faulty, checks, failures);
  return failures > 0;
}
