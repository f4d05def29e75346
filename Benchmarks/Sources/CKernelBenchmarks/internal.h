#ifndef INTERNAL_H
#define INTERNAL_H

/// Calls `function` for about `seconds` after a first call, and returns the shortest call's
/// time: whatever else the machine does only makes calls longer.
double shortest_time(void (*function)(void *), void *context, double seconds);

#endif
