#pragma once

#include "core/Command.hpp"
#include "sizing.h"

namespace twinfer::mnn {

// Every tensor has at most 8 dimensions (MNN's arrays hold 9), none of them negative, and less than 2 GiB.
// Throws Unsizable.
void needBounds(const Sizing::Tensors& tensors);

// Where a tensor is made of regions of others, each of them lies within both: MNN copies them blindly.
void needRegionsInside(const MNN::Tensor& tensor);

// The same for the views of a loop that the file holds.
void needViewsInside(const MNN::Command& command);

} // namespace twinfer::mnn
