// Nothing where the library is absent and the package trait JPEGXL off.
#if __has_include(<jxl/encode.h>)

#define CJXL_LOADING_IMPLEMENTATION
#include "loading.h"

#include "CJXLShim.h"

#if defined(__linux__)

#include <jxl/version.h>
#include <library_loading.h>
#include <pthread.h>

#define CJXL_TEXT(number) #number
#define CJXL_FILE(name, major, minor) name ".so." CJXL_TEXT(major) "." CJXL_TEXT(minor)

// Names with the version, which says what structures look like.
static const char *const files[] = {
    CJXL_FILE("libjxl", JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION), NULL};
static const char *const thread_files[] = {
    CJXL_FILE("libjxl_threads", JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION), NULL};

#define CJXL_SYMBOL(name) #name,
static const char *const symbols[] = {CJXL_FUNCTIONS(CJXL_SYMBOL)};
static const char *const thread_symbols[] = {CJXL_THREAD_FUNCTIONS(CJXL_SYMBOL)};
#undef CJXL_SYMBOL

enum {
  symbol_count = sizeof symbols / sizeof symbols[0],
  thread_symbol_count = sizeof thread_symbols / sizeof thread_symbols[0]
};

static union {
  cjxl_functions functions;
  void *addresses[symbol_count + thread_symbol_count];
} library;
static int is_loaded;

static void load(void) {
  is_loaded = library_loading_find(files, symbols, library.addresses, symbol_count) &&
              library_loading_find(thread_files, thread_symbols,
                                   library.addresses + symbol_count, thread_symbol_count);
}

const cjxl_functions *cjxl_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? &library.functions : NULL;
}

uint32_t cjxl_library_version(void) {
  return cjxl_library() ? library.functions.JxlDecoderVersion() : 0;
}

#else

uint32_t cjxl_library_version(void) { return JxlDecoderVersion(); }

#endif

#endif
