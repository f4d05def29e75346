#include "process_arguments.h"

#include <stddef.h>

#ifdef __linux__
#include <sys/auxv.h>
#endif

static int count;
static char **values;

// glibc and dyld pass these to constructors, before anything can have changed them; musl does not.
__attribute__((constructor)) static void keep(int argc, char **argv) {
#if !defined(__linux__) || defined(__GLIBC__)
  count = argc;
  values = argv;
#else
  (void)argc;
  (void)argv;
#endif
}

int process_argument_count(void) { return values != NULL ? count : 0; }

const char *process_argument(int index) {
  return index >= 0 && index < process_argument_count() ? values[index] : NULL;
}

const char *process_executable_path(void) {
#ifdef __linux__
  return (const char *)getauxval(AT_EXECFN);
#else
  return NULL;
#endif
}
