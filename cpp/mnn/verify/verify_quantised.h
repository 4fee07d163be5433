#pragma once

#include <cstdint>
#include <string>

#include "MNN_generated.h"

namespace twinfer::mnn {

// The compressed weights of a convolution (IDSTQuan). MNN's decoder reads its buffer without a bound
// (ConvolutionCommon.cpp, MemoryLoader); this walks the same layout with one. `weights` is how many
// the convolution needs, 0 when unknown.
void verifyQuantised(const MNN::IDSTQuan& quantised, int64_t outputCount, int64_t weights, const std::string& where);

} // namespace twinfer::mnn
