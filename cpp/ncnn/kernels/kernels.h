#pragma once

#include <string>
#include <vector>

#include <ncnn/net.h>

#include "plan.h"

namespace twinfer::kernels {

// Puts this project's layers over ncnn's own in a net that has no param yet, where they are faster on this
// processor. For nets that run on the CPU in fp32; ncnn's log says nothing of it.
void registerKernels(ncnn::Net& net);
// The same with another choice of layers than is made for this processor; the plan has to outlive the net.
void registerKernels(ncnn::Net& net, const Plan& plan);

// The names of the layers that run on them in a loaded net.
std::vector<std::string> layersOnKernels(const ncnn::Net& net);

} // namespace twinfer::kernels
