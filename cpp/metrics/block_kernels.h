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
struct PairSums {
    double referencePower = 0, candidatePower = 0, errorPower = 0, product = 0, error = 0, absError = 0;
    double maxAbs = 0, referenceMaxAbs = 0;
};

// |error| / |reference| over the pairs whose |reference| is above a floor; `smallest` is the least of those
// |reference|, Infinity where there is none.
struct RelativeSums {
    double sum = 0, largest = 0, smallest = __builtin_inf();
    size_t count = 0;
};

// Values other than integers of up to 256, which every grid holds; and those that fp16 and bf16 hold exactly.
struct Grid {
    size_t judged = 0, fp16 = 0, bf16 = 0;
};

// What is gathered of one part of two tensors (all elements at one index of a dimension), over the pairs of
// which both sides are finite; `product` is that of reference and error.
struct PartSums {
    double finite = 0, zeros = 0, referencePower = 0, errorPower = 0, product = 0;
    double referenceMaxAbs = 0, maxAbs = 0;
};
constexpr size_t kPartFields = 7;

// Numbers of classes, as wide as the values so that both move in the same lanes.
template <typename T> struct ClassIndex;
template <> struct ClassIndex<float> {
    using Type = uint32_t;
};
template <> struct ClassIndex<double> {
    using Type = uint64_t;
};

// The loops over one block of finite values; `count` is at most kBlock. `sums` may also meet NaN and
// Infinity, and then has one of them in errorPower. `relative` divides in T, so it overflows where T does.
template <typename T> struct BlockKernels {
    PairSums (*sums)(const T* reference, const T* candidate, size_t count);
    RelativeSums (*relative)(const T* reference, const T* candidate, size_t count, double floor);
    Grid (*grid)(const T* values, size_t count);
    // The first class with the largest score above -Infinity at each of `positions` neighbours, `classes`
    // where there is none. The scores of one position are `stride` apart, and may be NaN.
    void (*best)(const T* scores, size_t stride, size_t classes, size_t positions,
                 typename ClassIndex<T>::Type* best);
    // Pairs may be NaN and Infinity; they are left out.
    PartSums (*part)(const T* reference, const T* candidate, size_t count);
    // The same of `count` neighbours that belong to one part each: adds field f of the i-th to fields[f *
    // stride + i].
    void (*parts)(const T* reference, const T* candidate, size_t count, double* fields, size_t stride);
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
