#pragma once

#include "kernel_set.h"

namespace twinfer::kernels {

// What this processor's ncnn is helped with: a set of kernels, the layers that they are faster for, and how
// many channels ncnn itself packs together here at most.
struct Plan {
    const KernelSet& set;
    Choice choice;
    int widestPack;
};

// The one for this processor, null where ncnn's own layers are all there is.
const Plan* planHere();

// How many of these channels ncnn packs together.
int packOf(int channels, const Plan& plan);

} // namespace twinfer::kernels
