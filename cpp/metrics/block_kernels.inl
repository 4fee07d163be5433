// The loops themselves. A file that includes this defines TWINFER_KERNELS and TWINFER_KERNELS_NAME
// for its instruction set, and CMakeLists.txt gives that file the options.
//
// Nothing here may come from a header of the standard library: an inline function compiled with AVX-512 could
// be the copy that the linker keeps for everybody. `omp simd` (no runtime, only -fopenmp-simd) lets the
// compiler add in lanes, where -ffast-math would give up NaN and Infinity. Magnitudes are compared as
// integers, which order as they do: a float's maximum would need a second instruction for NaN's sake.
#include "block_kernels.h"

namespace twinfer::metrics {
namespace {

template <typename T> struct Bits;
template <> struct Bits<float> {
    using Word = uint32_t;
    static constexpr Word kInfinity = 0x7f800000;
};
template <> struct Bits<double> {
    using Word = uint64_t;
    static constexpr Word kInfinity = 0x7ff0000000000000;
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

template <typename T>
RelativeSums relative(const T* reference, const T* candidate, size_t count, double floor) {
    // Of the floors between two values of T, the lower one lets the same values through.
    const Word<T> rounded = as<Word<T>>(T(floor));
    const Word<T> least = T(floor) > floor ? rounded - 1 : rounded;
    T sum = 0;
    Word<T> largest = 0, smallest = Bits<T>::kInfinity, counted = 0;
#pragma omp simd reduction(+ : sum, counted) reduction(max : largest) reduction(min : smallest)
    for (size_t i = 0; i < count; i++) {
        const Word<T> size = as<Word<T>>(magnitude(reference[i]));
        // Divided by Infinity, what is left out adds nothing.
        const Word<T> divisor = size > least ? size : Bits<T>::kInfinity;
        const T ratio = magnitude(candidate[i] - reference[i]) / as<T>(divisor);
        const Word<T> bits = as<Word<T>>(ratio);
        sum += ratio;
        largest = bits > largest ? bits : largest;
        smallest = divisor < smallest ? divisor : smallest;
        counted += size > least ? 1 : 0;
    }
    return {sum, as<T>(largest), as<T>(smallest), size_t(counted)};
}

// 0 where the two are equal, but for the sign of zero.
inline uint32_t difference(float a, float b) {
    return (as<uint32_t>(a) ^ as<uint32_t>(b)) & 0x7fffffff;
}

template <typename T> Grid grid(const T* values, size_t count) {
    uint32_t judged = 0, fp16 = 0, bf16 = 0;
#pragma omp simd reduction(+ : judged, fp16, bf16)
    for (size_t i = 0; i < count; i++) {
        // Each `off` is 0 where the value lies on that grid.
        const float value = float(values[i]);
        const uint32_t bits = as<uint32_t>(value), size = bits & 0x7fffffff;
        const uint32_t offFloat = sizeof(T) > sizeof(float) && T(value) != values[i] ? 1 : 0;
        // From 2^23 on a float holds integers only: adding 1.5 * 2^23 and taking it away rounds to one.
        const uint32_t offInteger = difference((value + 12582912.0f) - 12582912.0f, value) | offFloat;
        // Below 2^-14 fp16 is spaced by 2^-24, as a float is from 0.5 to 1; above, it has 13 bits less.
        const uint32_t offSubnormal = difference((value + 0.75f) - 0.75f, value);
        const uint32_t offNormal = (bits & 0x1fff) | (size > 0x477fe000 ? 1 : 0);
        const uint32_t offFp16 = (size < 0x38800000 ? offSubnormal : offNormal) | offFloat;
        const uint32_t offBf16 = (bits & 0xffff) | offFloat;
        const uint32_t isJudged = (size > 0x43800000 ? 1 : offInteger) != 0 ? 1 : 0;
        judged += isJudged;
        fp16 += offFp16 == 0 ? isJudged : 0;
        bf16 += offBf16 == 0 ? isJudged : 0;
    }
    return {judged, fp16, bf16};
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
    double finite = 0, zeros = 0, referencePower = 0, errorPower = 0, product = 0, referenceMaxAbs = 0, maxAbs = 0;
#pragma omp simd reduction(+ : finite, zeros, referencePower, errorPower, product)                            \
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

// Floats in their order as integers, both zeros being 0.
inline int32_t ordinal(float value) {
    const int32_t bits = as<int32_t>(value), sign = bits >> 31;
    return ((bits & 0x7fffffff) ^ sign) - sign;
}

void ulp(const float* reference, const float* candidate, size_t count, uint64_t* counts) {
    constexpr size_t kLanes = 64;
    uint8_t bins[kBlock];
    uint8_t first = kUlpBins, last = 0;
#pragma omp simd reduction(min : first) reduction(max : last)
    for (size_t i = 0; i < count; i++) {
        const int32_t a = ordinal(reference[i]), b = ordinal(candidate[i]);
        uint32_t distance = a > b ? uint32_t(a) - uint32_t(b) : uint32_t(b) - uint32_t(a);
        distance = distance > 0x7fffffff ? 0x7fffffff : distance;
        // Converted to a float, the highest bit becomes the exponent; without the next one none is rounded up.
        distance &= ~(distance >> 1);
        const int32_t exponent = (as<int32_t>(float(int32_t(distance))) >> 23) - 126;
        const uint8_t bin = uint8_t(exponent < 0 ? 0 : exponent);
        bins[i] = bin;
        first = bin < first ? bin : first;
        last = bin > last ? bin : last;
    }
    for (size_t i = count; i < kBlock; i++) bins[i] = kUlpBins;
    // One bin after another: a table of counters would wait for itself wherever neighbours are equal.
    for (uint8_t bin = first; bin <= last; bin++) {
        uint8_t lanes[kLanes] = {};
        for (size_t i = 0; i < kBlock; i += kLanes) {
            for (size_t lane = 0; lane < kLanes; lane++) lanes[lane] += bins[i + lane] == bin ? 1 : 0;
        }
        for (const uint8_t lane : lanes) counts[bin] += lane;
    }
}

} // namespace

extern const Kernels TWINFER_KERNELS;
const Kernels TWINFER_KERNELS = {TWINFER_KERNELS_NAME,
                                 {sums<float>, relative<float>, grid<float>, best<float>, part<float>, parts<float>},
                                 {sums<double>, relative<double>, grid<double>, best<double>, part<double>, parts<double>},
                                 ulp};

} // namespace twinfer::metrics
