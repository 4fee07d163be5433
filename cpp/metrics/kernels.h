#pragma once

#include <vector>

#include "block_kernels.h"

namespace twinfer::metrics {

// The sets of loops that this processor runs, the best one last.
std::vector<const Kernels*> usableKernels();
const Kernels& bestKernels();

} // namespace twinfer::metrics
