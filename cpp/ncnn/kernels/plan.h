#pragma once

#include <cstdint>

#include "kernel_set.h"

namespace twinfer::kernels {

constexpr Choice kAllKinds = {true, true, true, true, true, true, true, true, true, true, true, true, true};

// What this processor's ncnn is helped with: a set of kernels, the layers that they are faster for, and how
// many channels ncnn itself packs together here at most.
struct Plan {
    const KernelSet& set;
    Choice choice;
    int widestPack;
    // Depthwise planes of at most so many columns for one of padding are copied with zeros around.
    int columnsToCopy = 4;
    // Multiplications that a thread is worth waking for: some 3 µs of them, as long as that takes.
    int64_t worthAThread = 128 * 1024;
    // Whether groups that do not fit into a pack are faster on kernels, as those that do.
    bool groupsAcrossPacks = true;

    // How many of these threads are to share so many multiplications.
    int teamFor(int64_t multiplications, int threads) const;
};

// The one for this processor, null where ncnn's own layers are all there is.
const Plan* planHere();

// How many of these channels ncnn packs together.
int packOf(int channels, const Plan& plan);

} // namespace twinfer::kernels
