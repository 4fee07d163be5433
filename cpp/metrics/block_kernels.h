#pragma once

// What the comparison's loops gather; and, for a file that defines TWINFER_KERNELS and TWINFER_KERNELS_NAME
// for its instruction set (cpp/metrics/kernels.cmake gives that file the options), the loops themselves.
//
// Nothing here may come from a header of the standard library but types: an inline function compiled with
// AVX-512 could be the copy that the linker keeps for everybody. `omp simd` (no runtime, only -fopenmp-simd)
// lets the compiler add in lanes, where -ffast-math would give up NaN and Infinity. Magnitudes are compared
// as integers, which order as they do: a float's maximum would need a second instruction for NaN's sake.

#include <cstddef>
#include <cstdint>

namespace twinfer::metrics {

// Pairs that a kernel gets at once: both sides stay in the first-level cache while one loop after another
// reads them, so that each loop is simple enough for the compiler to vectorise.
constexpr size_t kBlock = 1024;

// Bins of the ULP histogram: 0, 1, 2-3, 4-7 … and from 2^30 on.
constexpr size_t kUlpBins = 32;

// How what two blocks gathered becomes what both did.
enum class Joined { bySum, asLargest, asSmallest };

// A number that kernels gather, with the name by which JavaScript reads it.
template <typename Sums> struct Field {
    const char* name;
    double Sums::* value;
    Joined joined;
};

// Error is candidate - reference.
struct PairSums {
    double referencePower = 0, candidatePower = 0, errorPower = 0, product = 0, error = 0, absError = 0;
    double maxAbs = 0, referenceMaxAbs = 0;
};
constexpr Field<PairSums> kPairFields[] = {
    {"referencePower", &PairSums::referencePower, Joined::bySum},
    {"candidatePower", &PairSums::candidatePower, Joined::bySum},
    {"errorPower", &PairSums::errorPower, Joined::bySum},
    {"product", &PairSums::product, Joined::bySum},
    {"error", &PairSums::error, Joined::bySum},
    {"absError", &PairSums::absError, Joined::bySum},
    {"maxAbs", &PairSums::maxAbs, Joined::asLargest},
    {"referenceMaxAbs", &PairSums::referenceMaxAbs, Joined::asLargest},
};

// |error| / |reference| over the pairs whose |reference| is above a floor, and the sum of error / reference;
// `smallest` is the least of those |reference|, Infinity where there is none.
struct RelativeSums {
    double sum = 0, signedSum = 0, largest = 0, smallest = __builtin_inf(), count = 0;
};
constexpr Field<RelativeSums> kRelativeFields[] = {
    {"sum", &RelativeSums::sum, Joined::bySum},
    {"signedSum", &RelativeSums::signedSum, Joined::bySum},
    {"largest", &RelativeSums::largest, Joined::asLargest},
    {"smallest", &RelativeSums::smallest, Joined::asSmallest},
    {"count", &RelativeSums::count, Joined::bySum},
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
// Infinity, and then has one of them in errorPower. `relative` leaves out ratios beyond the range of double.
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

#ifdef TWINFER_KERNELS

namespace twinfer::metrics {
namespace {

template <typename T> struct Bits;
template <> struct Bits<float> {
    using Word = uint32_t;
    static constexpr Word kInfinity = 0x7f800000, kSign = 0x80000000;
};
template <> struct Bits<double> {
    using Word = uint64_t;
    static constexpr Word kInfinity = 0x7ff0000000000000, kSign = 0x8000000000000000;
};
template <typename T> using Word = typename Bits<T>::Word;

template <typename To, typename From> inline To as(From value) {
    static_assert(sizeof(To) == sizeof(From));
    To result;
    __builtin_memcpy(&result, &value, sizeof(To));
    return result;
}

inline float magnitude(float value) {
    return __builtin_fabsf(value);
}
inline double magnitude(double value) {
    return __builtin_fabs(value);
}

template <typename T> PairSums sums(const T* reference, const T* candidate, size_t count) {
    double referencePower = 0, candidatePower = 0, errorPower = 0, product = 0, error = 0, absError = 0;
    double maxAbs = 0;
    Word<T> referenceMaxAbs = 0;
#pragma omp simd reduction(+ : referencePower, candidatePower, errorPower, product, error, absError)         \
    reduction(max : maxAbs, referenceMaxAbs)
    for (size_t i = 0; i < count; i++) {
        const double a = reference[i], b = candidate[i], d = b - a, size = magnitude(d);
        const Word<T> largest = as<Word<T>>(magnitude(reference[i]));
        referencePower += a * a;
        candidatePower += b * b;
        errorPower += d * d;
        product += a * b;
        error += d;
        absError += size;
        maxAbs = size > maxAbs ? size : maxAbs;
        referenceMaxAbs = largest > referenceMaxAbs ? largest : referenceMaxAbs;
    }
    return {referencePower, candidatePower, errorPower, product,
            error,          absError,       maxAbs,     as<T>(referenceMaxAbs)};
}

// For the rare block where a ratio overflows T: leaves out what overflows double too.
template <typename T>
RelativeSums relativeInDouble(const T* reference, const T* candidate, size_t count, double floor) {
    RelativeSums relative;
    for (size_t i = 0; i < count; i++) {
        const double a = reference[i], size = magnitude(a), error = (candidate[i] - a) / a;
        const double ratio = magnitude(error);
        if (!(size > floor) || ratio - ratio != 0) continue;
        relative.sum += ratio;
        relative.signedSum += error;
        relative.largest = ratio > relative.largest ? ratio : relative.largest;
        relative.smallest = size < relative.smallest ? size : relative.smallest;
        relative.count++;
    }
    return relative;
}

template <typename T>
RelativeSums relative(const T* reference, const T* candidate, size_t count, double floor) {
    // Of the floors between two values of T, the lower one lets the same values through.
    const Word<T> rounded = as<Word<T>>(T(floor));
    const Word<T> least = T(floor) > floor ? rounded - 1 : rounded;
    T sum = 0, signedSum = 0;
    Word<T> largest = 0, smallest = Bits<T>::kInfinity, counted = 0;
#pragma omp simd reduction(+ : sum, signedSum, counted) reduction(max : largest) reduction(min : smallest)
    for (size_t i = 0; i < count; i++) {
        const Word<T> size = as<Word<T>>(magnitude(reference[i]));
        // Divided by Infinity, what is left out adds nothing.
        const Word<T> divisor = size > least ? size : Bits<T>::kInfinity;
        const T error =
            (candidate[i] - reference[i]) / as<T>(divisor | (as<Word<T>>(reference[i]) & Bits<T>::kSign));
        const T ratio = magnitude(error);
        const Word<T> bits = as<Word<T>>(ratio);
        sum += ratio;
        signedSum += error;
        largest = bits > largest ? bits : largest;
        smallest = divisor < smallest ? divisor : smallest;
        counted += size > least ? 1 : 0;
    }
    if (sum - sum != 0) return relativeInDouble(reference, candidate, count, floor);
    return {sum, signedSum, as<T>(largest), as<T>(smallest), double(counted)};
}

template <typename T>
void best(const T* scores, size_t stride, size_t classes, size_t positions,
          typename ClassIndex<T>::Type* found) {
    using Index = typename ClassIndex<T>::Type;
    T largest[kBlock];
    for (size_t i = 0; i < positions; i++) {
        largest[i] = -T(__builtin_inf());
        found[i] = Index(classes);
    }
    for (Index c = 0; c < classes; c++, scores += stride) {
#pragma omp simd
        for (size_t i = 0; i < positions; i++) {
            const bool isBetter = scores[i] > largest[i];
            found[i] = isBetter ? c : found[i];
            largest[i] = isBetter ? scores[i] : largest[i];
        }
    }
}

template <typename T> PartSums part(const T* reference, const T* candidate, size_t count) {
    double finite = 0, zeros = 0, referencePower = 0, errorPower = 0, product = 0, referenceMaxAbs = 0,
           maxAbs = 0;
#pragma omp simd reduction(+ : finite, zeros, referencePower, errorPower, product)                           \
    reduction(max : referenceMaxAbs, maxAbs)
    for (size_t i = 0; i < count; i++) {
        const double difference = double(candidate[i]) - double(reference[i]);
        const bool isFinite = difference - difference == 0;
        const double a = isFinite ? double(reference[i]) : 0, d = isFinite ? difference : 0;
        const double size = magnitude(a), error = magnitude(d);
        finite += isFinite ? 1.0 : 0.0;
        zeros += double(reference[i]) == 0 ? (isFinite ? 1.0 : 0.0) : 0.0;
        referencePower += a * a;
        errorPower += d * d;
        product += a * d;
        referenceMaxAbs = size > referenceMaxAbs ? size : referenceMaxAbs;
        maxAbs = error > maxAbs ? error : maxAbs;
    }
    return {finite, zeros, referencePower, errorPower, product, referenceMaxAbs, maxAbs};
}

template <typename T>
void parts(const T* reference, const T* candidate, size_t count, double* __restrict fields, size_t stride) {
    double* const zeros = fields + stride;
    double* const referencePower = fields + 2 * stride;
    double* const errorPower = fields + 3 * stride;
    double* const product = fields + 4 * stride;
    double* const referenceMaxAbs = fields + 5 * stride;
    double* const maxAbs = fields + 6 * stride;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        const double difference = double(candidate[i]) - double(reference[i]);
        const bool isFinite = difference - difference == 0;
        const double a = isFinite ? double(reference[i]) : 0, d = isFinite ? difference : 0;
        const double size = magnitude(a), error = magnitude(d);
        fields[i] += isFinite ? 1.0 : 0.0;
        zeros[i] += double(reference[i]) == 0 ? (isFinite ? 1.0 : 0.0) : 0.0;
        referencePower[i] += a * a;
        errorPower[i] += d * d;
        product[i] += a * d;
        referenceMaxAbs[i] = size > referenceMaxAbs[i] ? size : referenceMaxAbs[i];
        maxAbs[i] = error > maxAbs[i] ? error : maxAbs[i];
    }
}

} // namespace
} // namespace twinfer::metrics

#include "distribution_kernels.inl"

namespace twinfer::metrics {

extern const Kernels TWINFER_KERNELS;
const Kernels TWINFER_KERNELS = {
    TWINFER_KERNELS_NAME,
    {sums<float>, relative<float>, grid<float>, best<float>, part<float>, parts<float>},
    {sums<double>, relative<double>, grid<double>, best<double>, part<double>, parts<double>},
    ulp};

} // namespace twinfer::metrics
#endif
