// Nothing where the library is absent and the package trait HEIC off.
#if __has_include(<libheif/heif.h>)

#define CHEIF_LOADING_IMPLEMENTATION
#include "loading.h"

#include "CHEIFShim.h"

#if defined(__linux__)

#include <library_loading.h>
#include <pthread.h>

static const char *const symbols[] = {
#define CHEIF_SYMBOL(name) #name,
    CHEIF_FUNCTIONS(CHEIF_SYMBOL)
#undef CHEIF_SYMBOL
};

enum { symbol_count = sizeof symbols / sizeof symbols[0] };

static union {
  cheif_functions functions;
  void *addresses[symbol_count];
} library;
static int is_loaded;

// Structures of the library only grow, and say their version, as long as this number stays.
static void load(void) {
  static const char *const files[] = {"libheif.so.1", NULL};
  is_loaded = library_loading_find(files, symbols, library.addresses, symbol_count);
}

const cheif_functions *cheif_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? &library.functions : NULL;
}

const char *cheif_library_version(void) {
  return cheif_library() ? library.functions.heif_get_version() : NULL;
}

#else

const char *cheif_library_version(void) { return heif_get_version(); }

#endif

#endif
