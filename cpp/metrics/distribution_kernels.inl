// The loops of block_kernels.h, which includes this, that judge how values are distributed.
namespace twinfer::metrics {
namespace {

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
} // namespace twinfer::metrics
