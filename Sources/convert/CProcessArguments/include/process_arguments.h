// The arguments of this process as the system passed them: bytes.
//
// Swift's own account of them is text, which not all file names are, and on Linux it comes from /proc,
// which a chroot or a sandbox need not have: then there are none.
#ifndef PROCESS_ARGUMENTS_H
#define PROCESS_ARGUMENTS_H

// The number of arguments, that of the program's name included; 0 where the system does not tell.
int process_argument_count(void);

// The argument at `index`; NULL if there is none.
const char *process_argument(int index);

// The path by which the program was started, or NULL where the system does not tell.
const char *process_executable_path(void);

#endif
