#pragma once

#include <cstddef>
#include <cstdint>

namespace twinfer::metrics {

// Pairs that a kernel gets at once: both sides stay in the first-level cache while one loop after another
// reads them, so that each loop is simple enough for the compiler to vectorise.
constexpr size_t kBlock = 1024;

// Bins of the ULP histogram: 0, 1, 2-3, 4-7 … and from 2^30 on.
constexpr size_t kUlpBins = 32;

// Error is candidate - reference.
struct BlockSums {
    double referencePower, candidatePower, errorPower, product, error, absError, maxAbs, referenceMaxAbs;
};

// |error| / |reference| over the pairs whose |reference| is above a floor; `smallest` is the least of those
// |reference|, Infinity where there is none.
struct BlockRelative {
    double sum, largest, smallest;
    size_t count;
};

// Values other than integers of up to 256, which every grid holds; and those that fp16 and bf16 hold exactly.
struct BlockGrid {
    size_t judged, fp16, bf16;
};

// The loops over one block of finite values; `count` is at most kBlock. `sums` may also meet NaN and
// Infinity, and then has one of them in errorPower. `relative` divides in T, so it overflows where T does.
template <typename T> struct BlockKernels {
    BlockSums (*sums)(const T* reference, const T* candidate, size_t count);
    BlockRelative (*relative)(const T* reference, const T* candidate, size_t count, double floor);
    BlockGrid (*grid)(const T* values, size_t count);
};

struct Kernels {
    const char* name;
    BlockKernels<float> single;
    BlockKernels<double> wide;
    // Adds to `counts`, kUlpBins of them.
    void (*ulp)(const float* reference, const float* candidate, size_t count, uint64_t* counts);
};

template <typename T> const BlockKernels<T>& kernelsFor(const Kernels& kernels) {
    if constexpr (sizeof(T) == sizeof(float)) {
        return kernels.single;
    } else {
        return kernels.wide;
    }
}

} // namespace twinfer::metrics
