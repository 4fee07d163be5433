#pragma once

#include "MNN_generated.h"
#include "place.h"

namespace twinfer::mnn {

// Axes and dimension lists among an operator's parameters. MNN uses them as indices into arrays of 9
// dimensions before it knows the tensor's own number of them.
bool verifyAxes(const MNN::Op& op, const Place& place);

} // namespace twinfer::mnn
