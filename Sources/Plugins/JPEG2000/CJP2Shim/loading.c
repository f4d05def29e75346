// Nothing where the library is absent and the package trait JPEG2000 off.
#if __has_include(<openjpeg-2.5/openjpeg.h>) || __has_include(<openjpeg.h>)

#define CJP2_LOADING_IMPLEMENTATION
#include "loading.h"

#include "CJP2Shim.h"

#if defined(__linux__)

#include <library_loading.h>
#include <pthread.h>

static const char *const symbols[] = {
#define CJP2_SYMBOL(name) #name,
    CJP2_FUNCTIONS(CJP2_SYMBOL)
#undef CJP2_SYMBOL
};

enum { symbol_count = sizeof symbols / sizeof symbols[0] };

static union {
  cjp2_functions functions;
  void *addresses[symbol_count];
} library;
static int is_loaded;

// Structures stay as they are as long as this number does; one of the functions came with 2.5.
static void load(void) {
  static const char *const files[] = {"libopenjp2.so.7", NULL};
  is_loaded = library_loading_find(files, symbols, library.addresses, symbol_count);
}

const cjp2_functions *cjp2_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? &library.functions : NULL;
}

const char *cjp2_library_version(void) {
  return cjp2_library() ? library.functions.opj_version() : NULL;
}

#else

const char *cjp2_library_version(void) { return opj_version(); }

#endif

#endif
