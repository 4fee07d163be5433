#pragma once

#include <string>

#include <MNN/ErrorCode.hpp>

namespace twinfer::mnn {

// "COMPUTE_SIZE_ERROR", as MNN spells it.
const char* nameOf(MNN::ErrorCode code);

// Throws TWINFER_ENGINE_FAILED (TWINFER_OUT_OF_MEMORY for that code) unless the code is NO_ERROR.
// What MNN printed is added by whoever holds the LogCapture.
void expectSuccess(MNN::ErrorCode code, const std::string& doing);

} // namespace twinfer::mnn
