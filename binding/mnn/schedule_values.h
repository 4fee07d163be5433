#pragma once

#include <napi.h>

#include "mnn/session_request.h"

namespace twinfer {

// A ScheduleConfig of src/mnn/ScheduleConfig.ts, undefined for MNN's defaults. Throws
// TWINFER_INVALID_ARGUMENT for a value that is not of its enum.
mnn::SessionRequest sessionRequestOf(Napi::Value value);

} // namespace twinfer
