#pragma once

#include <ncnn/option.h>

#include "../runner/runner.h"

namespace twinfer {

// What RunnerOptions mean on ncnn. Throws TWINFER_INVALID_OPTION for a word, a device or an option that
// does not exist, TWINFER_DEVICE_UNAVAILABLE.
ncnn::Option requestedOption(const RunnerOptions& options);

} // namespace twinfer
