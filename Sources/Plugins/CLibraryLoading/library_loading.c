#include "library_loading.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

#include "shortage.h"

static atomic_int lacked_memory;

// Takes note of why a library was not loaded; there is no code for it, only words.
static void note_failure(const char *reason) {
  if (reason == NULL) return;
  if (strstr(reason, "failed to map segment") != NULL || strstr(reason, "cannot allocate") != NULL ||
      strstr(reason, "Cannot allocate") != NULL || strstr(reason, "ut of memory") != NULL) {
    atomic_store(&lacked_memory, 1);
  }
}

int library_loading_lacked_memory(void) { return atomic_load(&lacked_memory); }

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
    if (library == NULL) {
      note_failure(dlerror());
      continue;
    }
    if (find_all(library, symbols, functions, count)) {
      library_loading_watch(library);
      return 1;
    }
    dlclose(library);
  }
  return 0;
}
