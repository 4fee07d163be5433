#pragma once

#include <cstdint>
#include <optional>

#include "weights.h"

namespace twinfer::mnn {

// The length of the longest dot product of an operator that multiplies and accumulates, 0 where it depends on
// the input; nothing for other operators.
std::optional<int64_t> dotLengthOf(const MNN::Op& op, const OperatorWeights& weights);

// Whether it computes GELU by the tanh formula in place of the one by erf, from which that is 72 dB away.
bool isTanhGelu(const MNN::Op& op);

} // namespace twinfer::mnn
