#pragma once

#include <cstdint>
#include <optional>

#include "param_file.h"
#include "shape_check.h"

namespace twinfer {

// The length of the longest dot product of a layer that multiplies and accumulates, 0 where it depends on the
// input; nothing for other layers.
std::optional<int64_t> dotLengthOf(const ParamLayer& layer);

// The multiply-adds of one run, with an operation for each value of layers that do not multiply; nothing
// where the shapes of a layer that does are not known. An estimate: what Winograd saves is not taken off.
std::optional<double> multiplyAddsOf(const ParamFile& file, const Inference& inference);

// Whether it computes GELU by the tanh formula in place of the one by erf, from which that is 72 dB away.
bool isTanhGelu(const ParamLayer& layer);

} // namespace twinfer
