#include "mnn_error.h"

#include "../error.h"

namespace twinfer::mnn {

const char* nameOf(MNN::ErrorCode code) {
    switch (code) {
    case MNN::NO_ERROR: return "NO_ERROR";
    case MNN::OUT_OF_MEMORY: return "OUT_OF_MEMORY";
    case MNN::NOT_SUPPORT: return "NOT_SUPPORT";
    case MNN::COMPUTE_SIZE_ERROR: return "COMPUTE_SIZE_ERROR";
    case MNN::NO_EXECUTION: return "NO_EXECUTION";
    case MNN::INVALID_VALUE: return "INVALID_VALUE";
    case MNN::INPUT_DATA_ERROR: return "INPUT_DATA_ERROR";
    case MNN::CALL_BACK_STOP: return "CALL_BACK_STOP";
    case MNN::TENSOR_NOT_SUPPORT: return "TENSOR_NOT_SUPPORT";
    case MNN::TENSOR_NEED_DIVIDE: return "TENSOR_NEED_DIVIDE";
    default: return "an unknown error code";
    }
}

void expectSuccess(MNN::ErrorCode code, const std::string& doing) {
    if (code == MNN::NO_ERROR) return;
    throw Error(code == MNN::OUT_OF_MEMORY ? "TWINFER_OUT_OF_MEMORY" : "TWINFER_ENGINE_FAILED",
                "MNN failed while " + doing + ": " + nameOf(code) + " (" + std::to_string(code) + ")");
}

} // namespace twinfer::mnn
