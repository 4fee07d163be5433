#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "check.h"
#include "metrics/kernels.h"
#include "metrics/measure.h"

using namespace twinfer;
using namespace twinfer::metrics;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

Values of(const std::vector<float>& values) {
    return {values.data(), DType::float32, values.size()};
}
Values of(const std::vector<double>& values) {
    return {values.data(), DType::float64, values.size()};
}

bool isNear(double found, double expected, double tolerance) {
    return found == expected || std::abs(found - expected) <= tolerance * std::abs(expected);
}

// What measure() computes in one loop over doubles, as src/compare has it without the addon.
template <typename T> Measurement plain(const std::vector<T>& reference, const std::vector<T>& candidate) {
    Measurement result;
    Sums& sums = result.sums;
    for (size_t i = 0; i < reference.size(); i++) {
        const double a = reference[i], b = candidate[i], d = b - a;
        if (!std::isfinite(a) || !std::isfinite(b)) {
            sums.referenceNan += std::isnan(a);
            sums.referenceInf += std::isinf(a);
            sums.nan += std::isnan(b);
            sums.inf += std::isinf(b);
            const bool same = a == b || (std::isnan(a) && std::isnan(b));
            if (!same && sums.nonFiniteIndex == kNowhere) sums.nonFiniteIndex = i;
            continue;
        }
        sums.finite++;
        sums.referencePower += a * a;
        sums.candidatePower += b * b;
        sums.errorPower += d * d;
        sums.product += a * b;
        sums.error += d;
        sums.absError += std::abs(d);
        if (std::abs(d) > sums.maxAbs) {
            sums.maxAbs = std::abs(d);
            sums.maxAbsIndex = i;
        }
        sums.referenceMaxAbs = std::max(sums.referenceMaxAbs, std::abs(a));
    }
    for (size_t i = 0; i < reference.size(); i++) {
        const double a = reference[i], ratio = std::abs(candidate[i] - a) / std::abs(a);
        if (!(std::abs(a) > kRelativeFloor * sums.referenceMaxAbs) || !std::isfinite(ratio)) continue;
        result.relative.sum += ratio;
        result.relative.count++;
        result.relative.largest = std::max(result.relative.largest, ratio);
    }
    return result;
}

template <typename T>
void checkAgainstPlain(const std::vector<T>& reference, const std::vector<T>& candidate,
                       const MeasureOptions& options) {
    const Measurement found = measure(of(reference), of(candidate), options);
    const Measurement expected = plain(reference, candidate);
    const double ratios = sizeof(T) == sizeof(float) ? 1e-5 : 1e-12;
    CHECK(found.sums.finite == expected.sums.finite);
    CHECK(isNear(found.sums.referencePower, expected.sums.referencePower, 1e-12));
    CHECK(isNear(found.sums.candidatePower, expected.sums.candidatePower, 1e-12));
    CHECK(isNear(found.sums.errorPower, expected.sums.errorPower, 1e-12));
    CHECK(isNear(found.sums.absError, expected.sums.absError, 1e-12));
    CHECK(std::abs(found.sums.product - expected.sums.product) <= 1e-12 * expected.sums.referencePower);
    CHECK(std::abs(found.sums.error - expected.sums.error) <= 1e-12 * expected.sums.absError);
    CHECK(found.sums.maxAbs == expected.sums.maxAbs);
    CHECK(found.sums.maxAbsIndex == expected.sums.maxAbsIndex);
    CHECK(found.sums.referenceMaxAbs == expected.sums.referenceMaxAbs);
    CHECK(found.sums.nan == expected.sums.nan && found.sums.inf == expected.sums.inf);
    CHECK(found.sums.referenceNan == expected.sums.referenceNan);
    CHECK(found.sums.referenceInf == expected.sums.referenceInf);
    CHECK(found.sums.nonFiniteIndex == expected.sums.nonFiniteIndex);
    CHECK(found.relative.count == expected.relative.count);
    CHECK(isNear(found.relative.largest, expected.relative.largest, ratios));
    CHECK(isNear(found.relative.sum, expected.relative.sum, ratios));
}

// Values over many decades, so that the floor of relative errors lies among them and rises on the way.
template <typename T>
void randomTensors(size_t length, unsigned seed, double oddShare, std::vector<T>& reference,
                   std::vector<T>& candidate) {
    std::mt19937 random(seed);
    const auto uniform = [&] { return random() / 4294967296.0; };
    const T odd[] = {T(kNan), T(kInf), T(-kInf), T(0), T(-0.0), std::numeric_limits<T>::denorm_min(),
                     T(1e30)};
    const auto value = [&](double usual) {
        return uniform() < oddShare ? odd[random() % std::size(odd)] : T(usual);
    };
    reference.resize(length);
    candidate.resize(length);
    for (size_t i = 0; i < length; i++) {
        const double usual = (uniform() - 0.5) * std::pow(10, 12 * uniform() - 6);
        reference[i] = value(usual);
        candidate[i] = value(usual * (1 + 1e-3 * (uniform() - 0.5)));
        if (uniform() < oddShare) candidate[i] = reference[i];
    }
}

template <typename T> void agreesWithThePlainLoop() {
    std::vector<T> reference, candidate;
    for (const Kernels* kernels : usableKernels()) {
        for (const size_t length : {0, 1, 7, 1023, 1024, 1025, 65536, 65537, 300001}) {
            for (const double oddShare : {0.0, 0.001, 0.3}) {
                randomTensors(length, unsigned(length + 1), oddShare, reference, candidate);
                checkAgainstPlain(reference, candidate, {1, false, kernels});
            }
        }
    }
}

void doesNotDependOnThreads() {
    std::vector<float> reference, candidate;
    randomTensors(1500000, 3, 1e-5, reference, candidate);
    const Measurement one = measure(of(reference), of(candidate), {1, false, nullptr});
    for (const size_t threads : {2, 3, 5}) {
        const Measurement many = measure(of(reference), of(candidate), {threads, false, nullptr});
        CHECK(std::memcmp(&one, &many, sizeof(one)) == 0);
    }
}

void findsTheFloorOfALateMaximum() {
    std::vector<double> reference(200000, 1e-3), candidate(200000, 2e-3);
    CHECK(measure(of(reference), of(candidate)).relative.count == 200000);
    reference.back() = candidate.back() = 1e6; // now 1e-3 is noise
    const RelativeSums late = measure(of(reference), of(candidate)).relative;
    CHECK(late.count == 1 && late.largest == 0 && late.sum == 0);
}

void survivesOverflow() {
    const std::vector<float> reference{3e38f, 1e-30f}, candidate{-3e38f, 0};
    const Measurement found = measure(of(reference), of(candidate));
    CHECK(found.relative.count == 1 && found.relative.largest == 2); // in float, the error is Infinity
    CHECK(found.sums.maxAbs == 2.0 * 3e38f);
    const std::vector<double> wide{1e200, 1}, other{-1e200, 1};
    CHECK(std::isinf(measure(of(wide), of(other)).sums.errorPower));
    CHECK(measure(of(wide), of(other)).sums.finite == 2);
}

void countsUlps() {
    const float one = 1, next = std::nextafter(1.0f, 2.0f), fourth = 1 + 4 * (next - one);
    const std::vector<float> reference{one, 0.0f, one, one, one, -kInf, 3e38f, 1e-45f};
    const std::vector<float> candidate{one, -0.0f, next, fourth, -one, -kInf, -3e38f, -1e-45f};
    for (const Kernels* kernels : usableKernels()) {
        const auto ulp = measure(of(reference), of(candidate), {1, false, kernels}).ulp;
        CHECK(ulp[0] == 2);  // 1 and the zeros
        CHECK(ulp[1] == 1);  // 1 unit
        CHECK(ulp[2] == 1);  // -1e-45 to 1e-45: 2
        CHECK(ulp[3] == 1);  // 4
        CHECK(ulp[31] == 2); // -1 to 1: 2 * 0x3f800000
    }
    const std::vector<double> wide{1};
    const auto none = measure(of(wide), of(wide)).ulp;
    for (const uint64_t count : none) CHECK(count == 0);
}

void judgesGrids() {
    const std::vector<float> onFp16{0.1f, 0.0999755859375f, 65504, 65520, 0x1p-24f, 0x1.8p-24f, -0x1p-20f};
    const std::vector<float> onBf16{0.1f, 0.10009765625f, 0x1p100f, 1e-3f, 300, 0x1p-130f, 257.5f};
    const std::vector<float> smallIntegers{0, -0.0f, 1, -256, 17, 3, 2};
    const std::vector<double> beyondFloat{0.1, 1 + 0x1p-40, 0.5, 1e300, 3};
    for (const Kernels* kernels : usableKernels()) {
        const MeasureOptions options{1, false, kernels};
        const Measurement first = measure(of(onFp16), of(onBf16), options);
        CHECK(first.referenceGrid.judged == 7 && first.referenceGrid.fp16 == 4);
        CHECK(first.candidateGrid.judged == 7 && first.candidateGrid.bf16 == 4);
        CHECK(measure(of(smallIntegers), of(smallIntegers), options).referenceGrid.judged == 0);
        const Grid wide = measure(of(beyondFloat), of(beyondFloat), options).referenceGrid;
        CHECK(wide.judged == 4 && wide.fp16 == 1 && wide.bf16 == 1);
    }
}

void judgesEveryNthBlockOfManyValues() {
    const std::vector<float> values(2 * kJudgedWhole + 1, 0.5f);
    const Measurement found = measure(of(values), of(values));
    CHECK(found.referenceGrid.judged > kJudgedWhole / 2 && found.referenceGrid.judged <= kJudgedWhole);
    CHECK(found.ulp[0] == found.referenceGrid.judged);
}

void readsEveryType() {
    const int8_t small[] = {-1, 2, 100};
    const uint16_t halves[] = {0xbc00, 0x4000, 0x5640}, brain[] = {0xbf80, 0x4000, 0x42c8};
    const int64_t large[] = {-1, 2, 100};
    const uint32_t word[] = {1, 2, 100};
    const Values all[] = {{small, DType::int8, 3},
                          {halves, DType::float16, 3},
                          {brain, DType::bfloat16, 3},
                          {large, DType::int64, 3}};
    for (const Values& reference : all) {
        for (const Values& candidate : all) {
            const Sums sums = measure(reference, candidate).sums;
            CHECK(sums.finite == 3 && sums.errorPower == 0 && sums.referencePower == 10005);
        }
        CHECK(measure(reference, {word, DType::uint32, 3}).sums.maxAbs == 2);
    }
    // All halves, against what their bits mean.
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        const uint16_t half = uint16_t(bits);
        float value;
        readValues(Values{&half, DType::float16, 1}, 0, 1, &value);
        const int exponent = bits >> 10 & 31, fraction = bits & 1023;
        double expected = exponent == 31  ? (fraction != 0 ? kNan : kInf)
                          : exponent == 0 ? std::ldexp(fraction, -24)
                                          : std::ldexp(fraction + 1024, exponent - 25);
        if ((bits & 0x8000) != 0) expected = -expected;
        CHECK(value == expected || (std::isnan(value) && std::isnan(expected)));
    }
}

} // namespace

int main() {
    agreesWithThePlainLoop<float>();
    agreesWithThePlainLoop<double>();
    doesNotDependOnThreads();
    findsTheFloorOfALateMaximum();
    survivesOverflow();
    countsUlps();
    judgesGrids();
    judgesEveryNthBlockOfManyValues();
    readsEveryType();
    return failures();
}
