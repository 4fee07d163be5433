#pragma once

#include <vector>

#include "network.h"

namespace twinfer {

// Milliseconds that each layer takes inside a run of the whole network, in the order of the .param: those of
// the median of some runs, after one in which memory is touched and threads start. Inputs in the network's
// order. Empty on a GPU, where layers are queued and nobody waits for one.
std::vector<double> timeLayers(const Network& network, const std::vector<ncnn::Mat>& inputs);

} // namespace twinfer
