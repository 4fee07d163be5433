#pragma once

#include <string>

#include "MNN_generated.h"

namespace twinfer::mnn {

// If, While and Loop: the subgraphs they name exist (MNN dereferences the lookup's end), every alias
// list is there, and a loop's commands index its own tensors.
void verifyControlFlow(const MNN::Op& op, const MNN::Net& net, const std::string& where);

// Indices and regions of extraTensorDescribe, which InitNet.cpp uses without looking.
void verifyDescriptions(const MNN::Net& net);

} // namespace twinfer::mnn
