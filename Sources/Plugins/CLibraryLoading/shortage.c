// What a library in C++ does that lacks memory: it throws an exception, and if nothing catches that, the
// C++ run time calls a handler that ends the program, which can be another one.
//
// The functions of the run time are looked for where the library has them from: this program need
// not be linked with it.
#include "shortage.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "library_loading.h"

// The head of `std::type_info` (Itanium C++ ABI, 2.9.5).
typedef struct type_description {
  const void *functions;
  const char *name;
} type_description;

typedef void (*terminate_handler)(void);
// `std::set_terminate`, which returns the handler that was there.
typedef terminate_handler (*terminate_setter)(terminate_handler);
// `__cxa_current_exception_type`
typedef const type_description *(*exception_type)(void);

static _Atomic(library_loading_shortage_handler) shortage_handler;
static _Atomic(terminate_handler) former_handler;
static _Atomic(exception_type) current_type;
// Memory for what the handler has to do.
static _Atomic(void *) reserve;

enum { RESERVED_BYTE_COUNT = 1 << 20 };

static const char *name_of(const type_description *type) {
#if defined(__APPLE__) && defined(__aarch64__)
  // The highest bit tells whether the name is the only one of its kind.
  return (const char *)((uintptr_t)type->name & (UINTPTR_MAX >> 1));
#else
  return type->name;
#endif
}

// What is lacking, or 0 if the exception that ends the program is of another kind.
static int lacking(void) {
  exception_type current = atomic_load(&current_type);
  const type_description *type = current == NULL ? NULL : current();
  if (type == NULL || name_of(type) == NULL) return 0;
  const char *name = name_of(type);
  if (strcmp(name, "St9bad_alloc") == 0 || strcmp(name, "St20bad_array_new_length") == 0) {
    return ENOMEM;
  }
  // What nobody catches of it is that a thread cannot be started.
  int is_of_system = strcmp(name, "St12system_error") == 0 ||
                     strcmp(name, "NSt3__112system_errorE") == 0;
  return is_of_system ? EAGAIN : 0;
}

void library_loading_tell_shortage(int code) {
  library_loading_shortage_handler handler = atomic_load(&shortage_handler);
  if (handler == NULL) return;
  free(atomic_exchange(&reserve, NULL));
  handler(code);
}

static void terminate(void) {
  int code = lacking();
  if (code != 0) library_loading_tell_shortage(code);
  terminate_handler former = atomic_load(&former_handler);
  if (former != NULL) former();
  abort();
}

void library_loading_watch(void *library) {
  if (atomic_load(&shortage_handler) == NULL) return;
  // ISO C has no conversion from the one kind of pointer to the other; POSIX has both the same.
  terminate_setter set = NULL;
  exception_type type = NULL;
  *(void **)&set = dlsym(library, "_ZSt13set_terminatePFvvE");
  *(void **)&type = dlsym(library, "__cxa_current_exception_type");
  if (set == NULL || type == NULL) return;
  atomic_store(&current_type, type);
  terminate_handler former = set(terminate);
  if (former != terminate) atomic_store(&former_handler, former);
}

void library_loading_set_shortage_handler(library_loading_shortage_handler handler) {
  atomic_store(&shortage_handler, handler);
  void *memory = handler == NULL ? NULL : malloc(RESERVED_BYTE_COUNT);
  free(atomic_exchange(&reserve, memory));
  library_loading_watch(RTLD_DEFAULT);
  if (handler != NULL) library_loading_watch_signals();
}
