// Nothing where the library is absent and the package trait AVIF off.
#if __has_include(<avif/avif.h>)

#define CAVIF_LOADING_IMPLEMENTATION
#include "loading.h"

#include "CAVIFShim.h"

#if defined(__linux__)

#include <library_loading.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// The number in the name of the library, which changes with its structures.
#if AVIF_VERSION_MAJOR >= 1
#define CAVIF_FILE "libavif.so.16"
#elif AVIF_VERSION_MINOR == 11
#define CAVIF_FILE "libavif.so.15"
#else
#define CAVIF_FILE "libavif.so.14"
#endif

static const char *const symbols[] = {
#define CAVIF_SYMBOL(name) #name,
    CAVIF_FUNCTIONS(CAVIF_SYMBOL)
#undef CAVIF_SYMBOL
};

enum { symbol_count = sizeof symbols / sizeof symbols[0] };

static union {
  cavif_functions functions;
  void *addresses[symbol_count];
} library;
static int is_loaded;

// Whether the structures are those of the header: from 1.0 on they only grow.
static int is_compatible(void) {
  char version[16];
  if (AVIF_VERSION_MAJOR >= 1) {
    snprintf(version, sizeof version, "%d.", AVIF_VERSION_MAJOR);
  } else {
    snprintf(version, sizeof version, "0.%d.", AVIF_VERSION_MINOR);
  }
  return strncmp(library.functions.avifVersion(), version, strlen(version)) == 0;
}

static void load(void) {
  static const char *const files[] = {CAVIF_FILE, "libavif.so", NULL};
  is_loaded = library_loading_find(files, symbols, library.addresses, symbol_count) &&
              is_compatible();
}

const cavif_functions *cavif_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? &library.functions : NULL;
}

const char *cavif_library_version(void) {
  return cavif_library() ? library.functions.avifVersion() : NULL;
}

#else

const char *cavif_library_version(void) { return avifVersion(); }

#endif

#endif
