// Runs a command and writes what it took: "SECONDS CPU_SECONDS PEAK_BYTES".
//
//   measure FILE COMMAND [ARGUMENT...]
//
// A program of its own, and a small one: Linux counts the memory of the process that starts
// another into the peak of the other.

#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
static const long rss_unit = 1;
#else
static const long rss_unit = 1024;
#endif

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time) {
  return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  double start = now();
  pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) != child) return 2;
  double end = now();
  FILE *file = fopen(argv[1], "w");
  if (!file) return 2;
  fprintf(file, "%.6f %.6f %ld\n", end - start,
          seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * rss_unit);
  if (fclose(file) != 0) return 2;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
