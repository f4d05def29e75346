// What the parts of this target have in common.
#ifndef LIBRARY_LOADING_SHORTAGE_H
#define LIBRARY_LOADING_SHORTAGE_H

// Has the handler for shortages called where a library, which has been loaded, or RTLD_DEFAULT, lacks
// something; does nothing if the library is not in C++ or there is no handler.
void library_loading_watch(void *library);

// Calls the handler for shortages, which has some memory then, and does not return; returns if there is
// none.
void library_loading_tell_shortage(int code);

// Has the handler called, too, where a library uses memory that it asked for in vain, for which a signal
// would end the program; does nothing if somebody else handles that signal.
void library_loading_watch_signals(void);

#endif
