#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "MNN_generated.h"

namespace twinfer::mnn {

// The compressed weights of a convolution (IDSTQuan). MNN's decoder reads its buffer without a bound
// (ConvolutionCommon.cpp, MemoryLoader); this walks the same layout with one. `weights` are the
// counts that the convolution may need, none above 0 when it leaves that open.
void verifyQuantised(const MNN::IDSTQuan& quantised, int64_t outputCount, std::pair<int64_t, int64_t> weights,
                     const std::string& where);

} // namespace twinfer::mnn
