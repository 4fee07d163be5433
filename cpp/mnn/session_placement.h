#pragma once

#include "../vulkan/placement.h"

namespace MNN {
class Session;
}

namespace twinfer::mnn {

// Where the operators of a session that was resized run. Of what MNN generated around them (rasters,
// copies) only what it schedules as a command of its own is counted.
Placement placementOf(const MNN::Session& session);

} // namespace twinfer::mnn
