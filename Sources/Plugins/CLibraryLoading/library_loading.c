#include "library_loading.h"

#include <dlfcn.h>

static int find_all(void *library, const char *const *symbols, void **functions, size_t count) {
  for (size_t i = 0; i < count; i++) {
    functions[i] = dlsym(library, symbols[i]);
    if (functions[i] == NULL) return 0;
  }
  return 1;
}

int library_loading_find(const char *const *files, const char *const *symbols, void **functions,
                         size_t count) {
  if (find_all(RTLD_DEFAULT, symbols, functions, count)) return 1;
  for (; *files != NULL; files++) {
    void *library = dlopen(*files, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) continue;
    if (find_all(library, symbols, functions, count)) return 1;
    dlclose(library);
  }
  return 0;
}
