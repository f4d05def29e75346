// What a library does that lacks memory and does not look whether it got it: it uses the address zero, or
// one near it, and a signal ends the program. libjxl 0.7 does so now and then.
//
// Such an end looks like any other fault of a library. It is taken for want of memory if the address
// lies where nothing ever lies and memory is short right then; all else ends as it always did.

// Signals, and memory that no file lies behind, are no part of ISO C.
#define _DEFAULT_SOURCE

#include "shortage.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  // What is used without having been had: the address zero and a place within a picture.
  NEAR_ZERO_BIT_COUNT = sizeof(void *) > 4 ? 32 : 16,
  // Where even so much cannot be had, memory is short.
  PROBE_BYTE_COUNT = 64 << 20,
  // How long telling may take: whatever was at work may hold what that needs.
  TELLING_SECONDS = 10
};

static int is_use_near_zero(const siginfo_t *info) {
  // Of other faults, and of signals that were sent, the address says nothing.
  if (info->si_code != SEGV_MAPERR && info->si_code != SEGV_ACCERR) return 0;
  return (uint64_t)(uintptr_t)info->si_addr >> NEAR_ZERO_BIT_COUNT == 0;
}

// Whether the thread that is ended has just not got memory, or nobody gets any.
static int lacks_memory(int error) {
  if (error == ENOMEM) return 1;
  void *probe = mmap(NULL, PROBE_BYTE_COUNT, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (probe == MAP_FAILED) return 1;
  munmap(probe, PROBE_BYTE_COUNT);
  return 0;
}

static void handle(int number, siginfo_t *info, void *context) {
  (void)context;
  int error = errno;
  signal(number, SIG_DFL);
  if (is_use_near_zero(info) && lacks_memory(error)) {
    signal(SIGALRM, SIG_DFL);
    alarm(TELLING_SECONDS);
    library_loading_tell_shortage(ENOMEM);
  }
  // What goes on after this does the same again, and the signal ends the program; one that was sent does
  // not come by itself.
  if (info->si_code <= 0) raise(number);
  errno = error;
}

void library_loading_watch_signals(void) {
  struct sigaction action;
  if (sigaction(SIGSEGV, NULL, &action) != 0 || (action.sa_flags & SA_SIGINFO) != 0 ||
      action.sa_handler != SIG_DFL) {
    return;
  }
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, NULL);
}
