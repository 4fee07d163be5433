#pragma once

#include "runner.h"

namespace twinfer {

// Throws TWINFER_DTYPE_MISMATCH or TWINFER_LENGTH_MISMATCH unless the output fits exactly.
void checkDestination(const Destination& destination, const OutputTensor& output);

} // namespace twinfer
