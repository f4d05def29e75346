// Converts an image: imgconv-example IN OUT [OPTIONS], such as in.png out.coin "effort=1"
#include <imgconv.h>
#include <stdio.h>

static int show(void *user, double fraction, const char *detail) {
  (void)user;
  fprintf(stderr, "%3.0f %% %s\n", fraction * 100, detail);
  return 0;  // anything else stops the work
}

int main(int count, char **arguments) {
  if (count < 3) return fprintf(stderr, "usage: imgconv-example IN OUT [OPTIONS]\n"), 2;
  imgconv_source source = {.size = sizeof source, .path = arguments[1]};
  imgconv_target target = {.size = sizeof target, .path = arguments[2]};
  imgconv_settings settings = {.size = sizeof settings,
                               .options = count > 3 ? arguments[3] : NULL,
                               .max_pixels = 100000000,
                               .progress = show};
  imgconv_error error = {.size = sizeof error};
  imgconv_result *result;
  if (imgconv_convert(&source, &target, &settings, &result, &error))
    return fprintf(stderr, "%s: %s\n", arguments[1], error.message), 1;
  for (size_t k = 0; k < imgconv_result_loss_count(result); k++)
    fprintf(stderr, "warning: %s\n", imgconv_result_loss(result, k));
  puts(imgconv_result_json(result));
  imgconv_result_free(result);
}
