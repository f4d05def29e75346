// Nothing where the library is absent and the package trait OpenEXR off.
#if __has_include(<OpenEXR/openexr.h>) || __has_include(<openexr.h>)

#define CEXR_LOADING_IMPLEMENTATION
#include "loading.h"

#include <pthread.h>
#include <stdio.h>

#include "CEXRShim.h"

static char version[32];
static int is_there;

#if defined(__linux__)

#include <library_loading.h>

static const char *const symbols[] = {
#define CEXR_SYMBOL(name) #name,
    CEXR_FUNCTIONS(CEXR_SYMBOL)
#undef CEXR_SYMBOL
};

enum { symbol_count = sizeof symbols / sizeof symbols[0] };

static union {
  cexr_functions functions;
  void *addresses[symbol_count];
} library;

// One for each version, whose structs are its own.
#if OPENEXR_VERSION_MAJOR == 3 && OPENEXR_VERSION_MINOR == 1
#define CEXR_FILE "libOpenEXRCore-3_1.so.30"
#elif OPENEXR_VERSION_MAJOR == 3 && OPENEXR_VERSION_MINOR == 2
#define CEXR_FILE "libOpenEXRCore-3_2.so.31"
#elif OPENEXR_VERSION_MAJOR == 3 && OPENEXR_VERSION_MINOR == 3
#define CEXR_FILE "libOpenEXRCore-3_3.so.32"
#elif OPENEXR_VERSION_MAJOR == 3 && OPENEXR_VERSION_MINOR == 4
#define CEXR_FILE "libOpenEXRCore-3_4.so.33"
#else
#define CEXR_FILE "libOpenEXRCore.so"
#endif

static int find(void) {
  static const char *const files[] = {CEXR_FILE, NULL};
  return library_loading_find(files, symbols, library.addresses, symbol_count);
}

const cexr_functions *cexr_library(void) { return &library.functions; }

#define exr_get_library_version library.functions.exr_get_library_version

#else

static int find(void) { return 1; }

#endif

static void load(void) {
  if (!find()) return;
  int major = 0, minor = 0, patch = 0;
  const char *extra = NULL;
  exr_get_library_version(&major, &minor, &patch, &extra);
  is_there = major == OPENEXR_VERSION_MAJOR && minor == OPENEXR_VERSION_MINOR;
  snprintf(version, sizeof version, "%d.%d.%d", major, minor, patch);
}

const char *cexr_library_version(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_there ? version : NULL;
}

int cexr_library_has_dwa(void) { return OPENEXR_VERSION_MAJOR > 3 || OPENEXR_VERSION_MINOR >= 2; }

#endif
