#pragma once

#include <algorithm>

#include "convolve.h"

namespace twinfer::preprocess {

// In an unnamed namespace: each file that includes this has other instructions to compile it for.
namespace {

constexpr uint32_t kHalf = 1u << (kWeightBits - 1);

inline uint8_t roundedByte(uint32_t sum) {
    return uint8_t(std::clamp(int32_t(sum) >> kWeightBits, 0, 255));
}

// Outputs from..to of one row.
template <int channels>
void alongRow(const uint8_t* row, const Taps<int32_t>& taps, int from, int to, uint8_t* out) {
    for (int i = from; i < to; i++) {
        const uint8_t* pixel = row + size_t(taps.first[size_t(i)]) * channels;
        const int32_t* weights = taps.at(i);
        const int count = taps.count[size_t(i)];
        uint32_t sums[channels];
        for (uint32_t& sum : sums) sum = kHalf;
        for (int k = 0; k < count; k++, pixel += channels) {
            for (int channel = 0; channel < channels; channel++) {
                sums[channel] += uint32_t(pixel[channel]) * uint32_t(weights[k]);
            }
        }
        for (int channel = 0; channel < channels; channel++) {
            out[i * channels + channel] = roundedByte(sums[channel]);
        }
    }
}

inline void sumOfRows(const uint8_t* first, size_t stride, const int32_t* weights, int count, size_t bytes,
                      uint8_t* out) {
    constexpr size_t kBlock = 256;
    uint32_t sums[kBlock];
    for (size_t start = 0; start < bytes; start += kBlock) {
        const size_t length = std::min(kBlock, bytes - start);
        std::fill_n(sums, length, kHalf);
        for (int k = 0; k < count; k++) {
            const uint8_t* row = first + size_t(k) * stride + start;
            const uint32_t weight = uint32_t(weights[k]);
            for (size_t i = 0; i < length; i++) sums[i] += uint32_t(row[i]) * weight;
        }
        for (size_t i = 0; i < length; i++) out[start + i] = roundedByte(sums[i]);
    }
}

} // namespace

} // namespace twinfer::preprocess
