#pragma once

#include <functional>

#include "convolve.h"
#include "image.h"
#include "taps.h"

namespace twinfer::preprocess {

// Weights with `bits` fraction bits, written with kWeightBits: sums of them round as if they had only those.
template <typename T> Taps<int32_t> fixedTaps(const Taps<T>& exact, int bits);

using MakeTaps = std::function<Taps<int32_t>()>;

// Sums along rows and down columns, each pass rounded to 8 bits. A pass that changes no size is left out, and
// its taps are not asked for; of the first pass only what the second one reads is computed.
Image<uint8_t> inTwoPasses(const PixelView& source, const Target& target, const MakeTaps& alongRows,
                           const MakeTaps& downColumns, bool columnsComeFirst);

} // namespace twinfer::preprocess
