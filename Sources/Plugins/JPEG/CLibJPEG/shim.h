// jpeglib.h needs size_t and FILE, and does not say so.
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>
