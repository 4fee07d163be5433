// For AVX2. Instructions multiply pairs of 16-bit numbers and add the two products; a weight of 23 bits is
// therefore two numbers, weight = high * 2^11 + low, and so are the sums.
#ifdef __x86_64__
#include <immintrin.h>

#include <cstring>

#include "convolve_plain.h"

namespace twinfer::preprocess {

namespace {

constexpr int kLowBits = 11;
constexpr int kGroup = 4; // taps that are summed at once: two in each half of a register
constexpr int kRows = 4;  // rows that share the loads of weights

struct Pairs {
    int32_t low, high;
};

// Two neighbouring weights as pairs of their low and of their high parts.
Pairs pairsOf(int32_t first, int32_t second) {
    constexpr int32_t mask = (1 << kLowBits) - 1;
    const auto join = [](int32_t a, int32_t b) { return int32_t(uint32_t(a & 0xffff) | uint32_t(b) << 16); };
    return {join(first & mask, second & mask), join(first >> kLowBits, second >> kLowBits)};
}

// The weights of one output after the other, each filled up with zeros to whole groups.
class GroupedTaps {
  public:
    explicit GroupedTaps(const Taps<int32_t>& taps) : groups_((taps.size + kGroup - 1) / kGroup) {
        const size_t each = size_t(groups_) * 16;
        words_.resize(size_t(taps.outputs()) * each);
        for (int i = 0; i < taps.outputs(); i++) {
            const auto weight = [&](int k) { return k < taps.count[size_t(i)] ? taps.at(i)[k] : 0; };
            int32_t* to = words_.data() + size_t(i) * each;
            for (int k = 0; k < groups_ * kGroup; k += kGroup, to += 16) {
                const Pairs left = pairsOf(weight(k), weight(k + 1));
                const Pairs right = pairsOf(weight(k + 2), weight(k + 3));
                std::fill_n(to, 4, left.low);
                std::fill_n(to + 4, 4, right.low);
                std::fill_n(to + 8, 4, left.high);
                std::fill_n(to + 12, 4, right.high);
            }
        }
    }

    int groups() const { return groups_; }
    const __m256i* at(int output) const {
        return reinterpret_cast<const __m256i*>(words_.data() + size_t(output) * size_t(groups_) * 16);
    }

  private:
    int groups_;
    std::vector<int32_t> words_;
};

// Of four pixels that start at byte 0 in both halves: the channels of pixels 0 and 1 side by side as 16-bit
// numbers in the low half, those of 2 and 3 in the high half.
template <int channels> __m256i neighbours() {
    alignas(32) int8_t places[32];
    std::memset(places, -1, sizeof(places));
    for (int half = 0; half < 2; half++) {
        for (int channel = 0; channel < channels; channel++) {
            for (int pixel = 0; pixel < 2; pixel++) {
                places[half * 16 + channel * 4 + pixel * 2] = int8_t((2 * half + pixel) * channels + channel);
            }
        }
    }
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(places));
}

__m128i halvesOf(__m256i sums) {
    return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

// The sums of one output's channels as bytes.
template <int channels> void store(__m256i low, __m256i high, uint8_t* out) {
    const __m128i sum = _mm_add_epi32(_mm_add_epi32(halvesOf(low), _mm_slli_epi32(halvesOf(high), kLowBits)),
                                      _mm_set1_epi32(int32_t(kHalf)));
    const __m128i words = _mm_packs_epi32(_mm_srai_epi32(sum, kWeightBits), _mm_setzero_si128());
    const int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    std::memcpy(out, &bytes, channels);
}

template <int channels, int rows>
void alongSomeRows(const uint8_t* const* from, const Taps<int32_t>& taps, const GroupedTaps& grouped,
                   int outputs, uint8_t* const* to) {
    const __m256i places = neighbours<channels>();
    for (int i = 0; i < outputs; i++) {
        const __m256i* weights = grouped.at(i);
        const size_t first = size_t(taps.first[size_t(i)]) * channels;
        const int groups = (taps.count[size_t(i)] + kGroup - 1) / kGroup;
        __m256i low[rows], high[rows];
        for (int row = 0; row < rows; row++) low[row] = high[row] = _mm256_setzero_si256();
        for (int group = 0; group < groups; group++) {
            const __m256i lowWeights = _mm256_loadu_si256(weights + 2 * group);
            const __m256i highWeights = _mm256_loadu_si256(weights + 2 * group + 1);
            const size_t at = first + size_t(group) * kGroup * channels;
            for (int row = 0; row < rows; row++) {
                const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from[row] + at));
                const __m256i pixels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), places);
                low[row] = _mm256_add_epi32(low[row], _mm256_madd_epi16(pixels, lowWeights));
                high[row] = _mm256_add_epi32(high[row], _mm256_madd_epi16(pixels, highWeights));
            }
        }
        for (int row = 0; row < rows; row++) {
            store<channels>(low[row], high[row], to[row] + size_t(i) * channels);
        }
    }
}

// How many outputs, from the first on, can be computed with loads of 16 bytes that stay within a row.
int outputsWithin(const Taps<int32_t>& taps, int width, int channels) {
    int outputs = 0;
    for (; outputs < taps.outputs(); outputs++) {
        const size_t i = size_t(outputs);
        const int groups = (taps.count[i] + kGroup - 1) / kGroup;
        const size_t lastLoad = size_t(taps.first[i] + (groups - 1) * kGroup) * size_t(channels);
        if (lastLoad + 16 > size_t(width) * size_t(channels)) break;
    }
    return outputs;
}

template <int channels>
void alongEachRow(const PixelView& source, const Taps<int32_t>& taps, Image<uint8_t>& out) {
    const GroupedTaps grouped(taps);
    const int wide = outputsWithin(taps, source.width, channels);
    const uint8_t* from[kRows];
    uint8_t* to[kRows];
    for (int y = 0; y < source.height; y += kRows) {
        const int rows = std::min(kRows, source.height - y);
        for (int row = 0; row < rows; row++) {
            from[row] = source.row(y + row);
            to[row] = out.row(y + row);
        }
        if (rows == kRows) {
            alongSomeRows<channels, kRows>(from, taps, grouped, wide, to);
        } else {
            for (int row = 0; row < rows; row++) {
                alongSomeRows<channels, 1>(from + row, taps, grouped, wide, to + row);
            }
        }
        for (int row = 0; row < rows; row++) {
            alongRow<channels>(from[row], taps, wide, taps.outputs(), to[row]);
        }
    }
}

void alongRows(const PixelView& source, const Taps<int32_t>& taps, Image<uint8_t>& out) {
    switch (source.channels) {
    case 1: return alongEachRow<1>(source, taps, out);
    case 2: return alongEachRow<2>(source, taps, out);
    case 3: return alongEachRow<3>(source, taps, out);
    default: return alongEachRow<4>(source, taps, out);
    }
}

// Eight bytes of two rows, alternating, as 16-bit numbers.
__m256i alternating(const uint8_t* upper, const uint8_t* lower) {
    const __m128i a = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(upper));
    const __m128i b = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(lower));
    return _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b));
}

void ofRows(const uint8_t* first, size_t stride, const int32_t* weights, int count, size_t bytes,
            uint8_t* out) {
    size_t at = 0;
    for (; at + 8 <= bytes; at += 8) {
        __m256i low = _mm256_setzero_si256(), high = low;
        for (int k = 0; k < count; k += 2) {
            const bool isPair = k + 1 < count;
            const Pairs pairs = pairsOf(weights[k], isPair ? weights[k + 1] : 0);
            const uint8_t* upper = first + size_t(k) * stride + at;
            const __m256i pixels = alternating(upper, isPair ? upper + stride : upper);
            low = _mm256_add_epi32(low, _mm256_madd_epi16(pixels, _mm256_set1_epi32(pairs.low)));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(pixels, _mm256_set1_epi32(pairs.high)));
        }
        const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(low, _mm256_slli_epi32(high, kLowBits)),
                                             _mm256_set1_epi32(int32_t(kHalf)));
        const __m256i shifted = _mm256_srai_epi32(sum, kWeightBits);
        const __m128i words =
            _mm_packs_epi32(_mm256_castsi256_si128(shifted), _mm256_extracti128_si256(shifted, 1));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out + at), _mm_packus_epi16(words, words));
    }
    if (at < bytes) sumOfRows(first + at, stride, weights, count, bytes - at, out + at);
}

} // namespace

extern const Kernels kAvx2Convolution;
const Kernels kAvx2Convolution{"avx2", alongRows, ofRows};

} // namespace twinfer::preprocess
#endif
