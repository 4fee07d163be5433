#pragma once

#include "runner.h"

namespace twinfer {

// Throws TWINFER_DTYPE_MISMATCH or TWINFER_LENGTH_MISMATCH unless the output fits exactly.
void checkDestination(const Destination& destination, const OutputTensor& output);

// An input as an output, copied: an engine may have it in the caller's memory, which is not handed out.
// Throws as checkDestination does.
OutputTensor copyOf(const InputView& input, const TensorSpec& spec, const Destination& destination);

} // namespace twinfer
