#pragma once

#include <cstdint>
#include <optional>

#include "param_file.h"

namespace twinfer {

// The length of the longest dot product of a layer that multiplies and accumulates, 0 where it depends on the
// input; nothing for other layers.
std::optional<int64_t> dotLengthOf(const ParamLayer& layer);

// Whether it computes GELU by the tanh formula in place of the one by erf, from which that is 72 dB away.
bool isTanhGelu(const ParamLayer& layer);

} // namespace twinfer
