#pragma once

#include <string>

#include "MNN_generated.h"

namespace twinfer::mnn {

// Axes and dimension lists among an operator's parameters. MNN uses them as indices into arrays of 9
// dimensions before it knows the tensor's own number of them.
void verifyAxes(const MNN::Op& op, const std::string& where);

} // namespace twinfer::mnn
