#pragma once

#include "../runner/runner.h"
#include "network.h"

namespace twinfer {

// Gives a network that is not loaded yet what RunnerOptions mean on ncnn. Throws TWINFER_INVALID_OPTION for a
// word, a device or an option that does not exist, TWINFER_DEVICE_UNAVAILABLE.
void configure(Network& network, const RunnerOptions& options);

} // namespace twinfer
