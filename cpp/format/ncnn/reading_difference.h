#pragma once

#include "shape_check.h"

namespace twinfer {

// One way to take the inputs, and what shapes follow from it.
struct ReadShapes {
    const Inference& inference;
    int items;
};

// True when two ways to take the same arrays, with and without their leading axis, surely give the same
// numbers in the network's outputs. False where they may differ.
bool sameResults(const ParamFile& file, const ReadShapes& a, const ReadShapes& b);

} // namespace twinfer
