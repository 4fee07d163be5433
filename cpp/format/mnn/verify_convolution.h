#pragma once

#include <string>

#include "MNN_generated.h"
#include "verify_blob.h"

namespace twinfer::mnn {

// Kernel, strides, and that the embedded weights and biases are as many as outputCount, inputCount,
// kernel and group say: MNN packs them without looking at the vectors' lengths.
void verifyConvolution(const MNN::Op& op, const Sidecar& sidecar, const std::string& where);

void verifyConvolution3D(const MNN::Op& op, const Sidecar& sidecar, const std::string& where);

} // namespace twinfer::mnn
