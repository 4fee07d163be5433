#pragma once

#include <string>

#include "../../error.h"

namespace twinfer::mnn {

// Every finding of the verifier ends here, so that all of them read alike.
[[noreturn]] inline void invalid(const std::string& what) {
    throw Error("TWINFER_MODEL_INVALID", "not a sound MNN model: " + what,
                "Convert the model again; MNN itself would read past its buffers here.");
}

} // namespace twinfer::mnn
