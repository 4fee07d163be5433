#pragma once

#include <vector>

#include "../runner/runner.h"
#include "network.h"

namespace twinfer {

// The dimensions that each input has inside ncnn, which has no batch axis and mostly leaves open whether a
// leading 1 is one: without it where that fits the network, as given otherwise. One input for each of
// `specs`. Throws TWINFER_SHAPE_MISMATCH.
std::vector<Shape> inputDimensions(const Network& network, const std::vector<TensorSpec>& specs,
                                   const std::vector<InputView>& inputs);

} // namespace twinfer
