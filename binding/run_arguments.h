#pragma once

#include <napi.h>

#include "runner/runner.h"

namespace twinfer {

// The caller's arrays for the outputs; empty when there are none.
using Destinations = Napi::Array;

// (data, shapes, wanted, into) of NativeRunner.runSync and .run. Nothing is copied: the views are valid
// for the duration of the call.
RunRequest runRequestOf(const Napi::CallbackInfo& info, size_t inputs);
Destinations runDestinations(const Napi::CallbackInfo& info);

// Writes results into the caller's arrays; used where the run could not write there itself.
// Throws TWINFER_BUFFER_DETACHED or TWINFER_LENGTH_MISMATCH.
void copyInto(const Destinations& destinations, RunResult& result);

} // namespace twinfer
