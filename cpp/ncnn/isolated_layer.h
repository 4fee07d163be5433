#pragma once

#include <memory>
#include <vector>

#include "network.h"

namespace twinfer {

// Runs one layer on the tensors given for its bottoms, one for each, in ncnn's dimensions; no other layer
// runs. Injected blobs reach the layer bit by bit. Gives its tops as fp32, unpacked.
// Throws TWINFER_INVALID_ARGUMENT, TWINFER_ENGINE_FAILED.
std::vector<OutputTensor> runLayer(std::shared_ptr<const Network> network, int layer,
                                   const std::vector<InputView>& bottoms);

} // namespace twinfer
