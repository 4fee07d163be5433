#pragma once

#include <napi.h>

#include "metrics/comparison.h"

namespace twinfer {

// (reference, referenceDType, candidate, candidateDType, request) of NativeMetrics.measure. Nothing is
// copied: the values are valid for the duration of the call.
metrics::ComparisonRequest comparisonRequestOf(const Napi::CallbackInfo& info);

// NativeMeasurement.
Napi::Object toObject(Napi::Env env, const metrics::Comparison& comparison);

} // namespace twinfer
