// What the parts of this target have in common.
#ifndef LIBRARY_LOADING_SHORTAGE_H
#define LIBRARY_LOADING_SHORTAGE_H

// Has the handler for shortages called where a library, which has been loaded, or RTLD_DEFAULT, lacks
// something; does nothing if the library is not in C++ or there is no handler.
void library_loading_watch(void *library);

#endif
