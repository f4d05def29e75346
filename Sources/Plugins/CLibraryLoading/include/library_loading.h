// Libraries that are loaded when they are first used, not when the program starts.
//
// A format that few conversions concern may bring dozens of libraries: libavif and libjxl would
// take half of the time in which the program starts, and a quarter of its memory.
#ifndef LIBRARY_LOADING_H
#define LIBRARY_LOADING_H

#include <stddef.h>

// Finds functions in a library that the program already has or, of those named, the first that is
// there; it stays loaded. Returns 1, or 0 if there is none that has all of them.
//
// `files` ends with NULL; `functions` gets the addresses of `symbols`, `count` of each.
int library_loading_find(const char *const *files, const char *const *symbols, void **functions,
                         size_t count);

// Whether a library was there that could not be loaded for want of memory.
int library_loading_lacked_memory(void);

// Called where a library would end the program since it lacks memory (ENOMEM) or a thread (EAGAIN) and
// does not expect that, by the thread that lacks it; ends the program in another way. A library in C++
// throws an exception that nobody catches; others use what they did not get.
typedef void (*library_loading_shortage_handler)(int code);

// Has a handler called from now on, or none if it is NULL; libraries that are loaded already by
// other means are not looked at, but for those that have the C++ run time of this program.
void library_loading_set_shortage_handler(library_loading_shortage_handler handler);

#endif
