// Decodes a .coin picture to PAM: example IN.coin >OUT.pam
#include <coin.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned char bytes[1 << 24];

int main(int count, char **arguments) {
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (!file) return fprintf(stderr, "usage: example IN.coin >OUT.pam\n"), 2;
  size_t size = fread(bytes, 1, sizeof bytes, file);

  coin_picture *picture;
  coin_error error = {.size = sizeof error};
  coin_info info = {.size = sizeof info};
  coin_request request = {.size = sizeof request, .format = COIN_RGBA8};
  if (coin_open(bytes, size, NULL, &picture, &error))
    return fprintf(stderr, "%s: %s\n", arguments[1], error.message), 1;
  coin_get_info(picture, &info);

  size_t stride = (size_t)info.width * 4;
  void *pixels = malloc(stride * info.height);
  if (!pixels || coin_decode(picture, &request, pixels, stride * info.height, stride, &error))
    return fprintf(stderr, "%s: %s\n", arguments[1], error.message), 1;
  printf("P7\nWIDTH %u\nHEIGHT %u\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n",
         info.width, info.height);
  fwrite(pixels, stride, info.height, stdout);
  free(pixels);
  coin_close(picture);
}
