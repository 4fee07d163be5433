#pragma once

#include <vector>

#include "image.h"
#include "taps.h"

namespace twinfer::preprocess {

// The loops of Pillow's 8-bit resampling, once for each instruction set. Sums are of 32 bits and wrap around,
// so their order changes nothing: every set gives the same bytes.
struct Kernels {
    const char* name;
    // Rows of outputs that are sums along the row.
    void (*alongRows)(const PixelView& source, const Taps<int32_t>& taps, Image<uint8_t>& out);
    // One row that is a sum of `count` rows; weights[0] belongs to `first`.
    void (*ofRows)(const uint8_t* first, size_t stride, const int32_t* weights, int count, size_t bytes,
                   uint8_t* out);
};

// Fraction bits of the weights: 8 are the pixel's, and 2 keep the sum of negative lobes from overflowing.
constexpr int kWeightBits = 32 - 8 - 2;

// The sets that this processor runs, the best one last.
std::vector<const Kernels*> usableKernels();
const Kernels& bestKernels();

} // namespace twinfer::preprocess
