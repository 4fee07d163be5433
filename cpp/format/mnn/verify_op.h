#pragma once

#include <string>

#include "MNN_generated.h"
#include "verify_blob.h"

namespace twinfer::mnn {

// One operator by itself: a known type, parameters of the kind its code takes for granted, and
// vectors inside them that are as long as the numbers beside them say.
void verifyOp(const MNN::Op& op, const Sidecar& sidecar, const std::string& where);

} // namespace twinfer::mnn
