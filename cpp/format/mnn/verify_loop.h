#pragma once

#include "MNN_generated.h"
#include "place.h"

namespace twinfer::mnn {

// An unrolled loop: its commands index its own tensors, and say how each one is looked at.
bool verifyLoop(const MNN::LoopParam& loop, const MNN::Op& op, const Place& place);

} // namespace twinfer::mnn
