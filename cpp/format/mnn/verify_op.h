#pragma once

#include "MNN_generated.h"
#include "verify_blob.h"

namespace twinfer::mnn {

// One operator by itself: a known type, parameters of the kind its code takes for granted, and
// vectors inside them that are as long as the numbers beside them say.
bool verifyOp(const MNN::Op& op, Sidecar& sidecar, const Place& place);

} // namespace twinfer::mnn
