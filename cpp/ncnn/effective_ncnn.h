#pragma once

#include "../runner/runner.h"
#include "network.h"

namespace twinfer {

// What a loaded Network really runs with: ncnn turns options off by itself where the CPU or the GPU
// cannot do them, and says so nowhere.
Effective describeNcnn(const Network& network, const RunnerOptions& requested);

} // namespace twinfer
