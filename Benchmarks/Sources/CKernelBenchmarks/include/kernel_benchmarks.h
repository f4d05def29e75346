#ifndef KERNEL_BENCHMARKS_H
#define KERNEL_BENCHMARKS_H

// What the kernels of .coin take, on one core. Variants are numbered as in coin_kernels.h.

#ifdef __cplusplus
extern "C" {
#endif

/// Returns whether this CPU can run the variant.
int kernel_benchmark_is_supported(int variant);

/// The shortest times that one pixel took, in seconds.
typedef struct {
  double evaluate, gradient;
} kernel_benchmark_times;

/// Times a network of `layers` sine layers of `width` neurons and 3 outputs, each function for
/// about `seconds`.
kernel_benchmark_times kernel_benchmark_network(int variant, int layers, int width,
                                                double seconds);

/// Returns how many fused multiply-adds a second one core does in the variant's instructions,
/// each lane of a vector counted; not a number for the scalar variant, which is a reference.
double kernel_benchmark_peak(int variant, double seconds);

/// Returns the clock of the core in hertz, from a chain of additions that take a cycle each.
double kernel_benchmark_clock(double seconds);

#ifdef __cplusplus
}
#endif
#endif
