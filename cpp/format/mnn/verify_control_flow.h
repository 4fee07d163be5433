#pragma once

#include "MNN_generated.h"
#include "place.h"

namespace twinfer::mnn {

// If, While and Loop: the subgraphs they name exist (MNN dereferences the lookup's end), every alias
// list is there, and a loop's commands index its own tensors.
bool verifyControlFlow(const MNN::Op& op, const MNN::Net& net, const Place& place);

// Indices and regions of extraTensorDescribe, which InitNet.cpp uses without looking.
void verifyDescriptions(const MNN::Net& net, Findings& findings);

} // namespace twinfer::mnn
