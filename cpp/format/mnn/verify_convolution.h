#pragma once

#include "MNN_generated.h"
#include "verify_blob.h"

namespace twinfer::mnn {

// Kernel, strides, and that the embedded weights and biases are as many as outputCount, inputCount,
// kernel and group say: MNN packs them without looking at the vectors' lengths.
bool verifyConvolution(const MNN::Op& op, Sidecar& sidecar, const Place& place);

bool verifyConvolution3D(const MNN::Op& op, Sidecar& sidecar, const Place& place);

bool isDepthwise(MNN::OpType type);

} // namespace twinfer::mnn
