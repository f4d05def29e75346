// Tests libcoin through its public header alone: libcoin_test VECTORS; to be run with
// sanitizers.

#include <coin.h>
#include <dirent.h>

#include "vector_files.h"

/// Vectors reach the ends of the sizes that there are.
static const coin_limits wide = {sizeof wide, 0, UINT64_C(1) << 48, 0, UINT64_C(1) << 60};

static void decodes(const coin_picture *picture, const coin_request *request, const char *pam) {
  uint32_t width, height, pixel;
  coin_error error = {.size = sizeof error};
  CHECK(!coin_get_output(picture, request, &width, &height, &pixel), "%s", pam);
  size_t row = (size_t)width * pixel, gap = 3, count = row * height;
  unsigned char *samples = malloc((row + gap) * height);
  if (!samples) abort();
  memset(samples, 0x5A, (row + gap) * height);
  coin_status status =
      coin_decode(picture, request, samples, (row + gap) * height - gap, row + gap, &error);
  CHECK(!status, "%s: %s", pam, error.message);
  for (uint32_t y = 1; y < height; y++) {
    CHECK(samples[y * (row + gap) - 1] == 0x5A, "%s", pam);
    memmove(samples + y * row, samples + y * (row + gap), row);
  }
  CHECK(status || equals_pam(pam, samples, count), "%s", pam);
  CHECK(coin_decode(picture, request, samples, count - 1, row, &error) == COIN_INVALID_ARGUMENT,
        "%s", pam);
  free(samples);
}

static void try_vector(const char *folder, int is_faulty) {
  char path[1024];
  size_t count, json_count;
  snprintf(path, sizeof path, "%s/input.coin", folder);
  unsigned char *bytes = read_file(path, &count);
  snprintf(path, sizeof path, "%s/vector.json", folder);
  char *json = (char *)read_file(path, &json_count);
  if (!bytes || !json) abort();
  json[json_count - 1] = 0;
  coin_error error = {.size = sizeof error};
  coin_picture *picture;
  coin_status status = coin_open(bytes, count, &wide, &picture, &error);
  memset(bytes, 0, count);  // the library has its own
  if (is_faulty) {
    unsigned char pixels[65536];
    if (!status) status = coin_decode(picture, NULL, pixels, sizeof pixels, 4096, &error);
    CHECK(status >= COIN_TRUNCATED && status <= COIN_UNSUPPORTED, "%s: %d", folder, status);
    CHECK(error.offset == (uint64_t)number(json, "offset", -1), "%s: %s", folder,
          error.message);
    CHECK(strlen(error.message) > 8, "%s", folder);
  } else {
    CHECK(!status, "%s: %s", folder, error.message);
    coin_info info = {.size = sizeof info};
    CHECK(!coin_get_info(picture, &info), "%s", folder);
    CHECK(info.width == number(json, "width", 0), "%s", folder);
    CHECK(info.height == number(json, "height", 0), "%s", folder);
    CHECK(info.channels == number(json, "channels", 0), "%s", folder);
    CHECK(info.bit_depth == number(json, "bit_depth", 0), "%s", folder);
    CHECK(info.orientation == number(json, "orientation", 1), "%s", folder);
    coin_request request = {.size = sizeof request};
    uint32_t numbers[4];
    if (list(json, "size", numbers) == 2) {
      request.picture_width = numbers[0];
      request.picture_height = numbers[1];
    }
    if (list(json, "region", numbers) == 4) {
      request.x = numbers[0];
      request.y = numbers[1];
      request.width = numbers[2];
      request.height = numbers[3];
    }
    snprintf(path, sizeof path, "%s/expected.pam", folder);
    decodes(picture, &request, path);
    for (long octave = 1; octave < number(json, "octaves", 1); octave++) {
      snprintf(path, sizeof path, "%s/octave%ld.pam", folder, octave);
      coin_request coarse = {.size = sizeof coarse, .octave = (uint32_t)octave};
      decodes(picture, &coarse, path);
    }
    const void *block;
    size_t block_count;
    for (int kind = 0; kind < 3; kind++) {
      static const char *const keys[] = {"\"icc\"", "\"exif\"", "\"xmp\""};
      CHECK(!coin_get_metadata(picture, (coin_block)kind, &block, &block_count), "%s", folder);
      CHECK((block != NULL) == (strstr(json, keys[kind]) != NULL), "%s", folder);
    }
  }
  coin_close(picture);
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

static int stop(void *user, uint64_t done, uint64_t total) {
  int *calls = user;
  CHECK(done <= total, "progress");
  return ++*calls >= 2;
}

/// Mistakes of callers, limits, cancelling.
static void try_callers(const char *root) {
  char path[1024];
  size_t count;
  snprintf(path, sizeof path, "%s/valid/027-latents-tiles/input.coin", root);
  unsigned char *bytes = read_file(path, &count);
  if (!bytes) abort();
  coin_picture *picture;
  coin_error error = {.size = sizeof error};
  CHECK(coin_open(NULL, 5, NULL, &picture, NULL) == COIN_INVALID_ARGUMENT, "no bytes");
  CHECK(coin_open(NULL, 0, NULL, &picture, &error) == COIN_TRUNCATED && !picture, "empty");
  CHECK(coin_open(bytes, count, NULL, NULL, NULL) == COIN_INVALID_ARGUMENT, "no picture");
  coin_limits limits = {.size = sizeof limits, .pixels = 45 * 37 - 1};
  CHECK(coin_open(bytes, count, &limits, &picture, &error) == COIN_LIMIT_EXCEEDED, "pixels");
  limits = (coin_limits){.size = sizeof limits, .memory = 100000};
  CHECK(coin_open(bytes, count, &limits, &picture, &error) == COIN_LIMIT_EXCEEDED, "memory");
  limits = (coin_limits){.size = sizeof limits, .multiply_adds = 1000};
  CHECK(coin_open(bytes, count, &limits, &picture, &error) == COIN_LIMIT_EXCEEDED, "work");
  limits = (coin_limits){.size = 4};
  CHECK(coin_open(bytes, count, &limits, &picture, &error) == COIN_INVALID_ARGUMENT, "size");
  CHECK(!coin_open(bytes, count, NULL, &picture, NULL), "%s", path);
  coin_info info = {.size = sizeof info - 1};
  CHECK(coin_get_info(picture, &info) == COIN_INVALID_ARGUMENT, "the size of info");
  info.size = sizeof info;
  CHECK(!coin_probe(bytes, 70, &info, NULL) && info.width == 45 && info.octaves == 4, "probe");
  unsigned char pixels[45 * 37 * 4];
  coin_request request = {.size = sizeof request, .octave = 4};
  CHECK(
      coin_decode(picture, &request, pixels, sizeof pixels, 180, NULL) == COIN_INVALID_ARGUMENT,
      "octave");
  request = (coin_request){.size = sizeof request, .picture_width = 44, .picture_height = 37};
  CHECK(
      coin_decode(picture, &request, pixels, sizeof pixels, 180, NULL) == COIN_INVALID_ARGUMENT,
      "size");
  request = (coin_request){.size = sizeof request, .x = 40, .width = 6, .height = 1};
  CHECK(
      coin_decode(picture, &request, pixels, sizeof pixels, 180, NULL) == COIN_INVALID_ARGUMENT,
      "region");
  request =
      (coin_request){.size = sizeof request, .x = UINT32_MAX, .width = UINT32_MAX, .height = 1};
  CHECK(coin_decode(picture, &request, pixels, sizeof pixels, 180, NULL) != COIN_OK,
        "overflow");
  request = (coin_request){.size = sizeof request, .format = (coin_format)7};
  CHECK(
      coin_decode(picture, &request, pixels, sizeof pixels, 180, NULL) == COIN_INVALID_ARGUMENT,
      "format");
  CHECK(coin_decode(picture, NULL, pixels, sizeof pixels, 134, NULL) == COIN_INVALID_ARGUMENT,
        "stride");
  int calls = 0;
  request = (coin_request){.size = sizeof request, .progress = stop, .user = &calls};
  CHECK(coin_decode(picture, &request, pixels, sizeof pixels, 180, &error) == COIN_CANCELLED,
        "cancelled");
  CHECK(calls == 2 && error.status == COIN_CANCELLED, "%d calls", calls);
  CHECK(!coin_decode(picture, NULL, pixels, sizeof pixels, 180, &error), "%s", error.message);
  coin_close(picture);
  coin_close(NULL);
  for (size_t k = 0; k < count; k++) {
    CHECK(coin_open(bytes, k, NULL, &picture, &error) != COIN_OK, "%zu bytes", k);
    CHECK(!picture, "%zu bytes", k);
  }
  CHECK(coin_version() == 100, "version");
  CHECK(strlen(coin_status_text((coin_status)99)) > 0, "text");
  free(bytes);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  int sound = try_group(arguments[1], "valid") + try_group(arguments[1], "unusual");
  int faulty = try_group(arguments[1], "faulty");
  CHECK(sound >= 67 && faulty >= 143, "%d and %d vectors", sound, faulty);
  try_callers(arguments[1]);
  printf("%d vectors, %d checks, %d failures\n", sound + faulty, checks, failures);
  return failures > 0;
}
