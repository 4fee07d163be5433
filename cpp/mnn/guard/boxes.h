#pragma once

#include "backend/cpu/CPUBackend.hpp"

namespace twinfer::mnn {

// A creator of ROIPooling or ROIAlign that looks at the boxes of each run, or nullptr for other types.
MNN::CPUBackend::Creator* creatorOfBoxes(MNN::OpType type);

} // namespace twinfer::mnn
