#pragma once

#include <napi.h>

#include <vector>

#include "mnn/operator_trace.h"

namespace twinfer {

mnn::TraceRequest traceRequestOf(Napi::Value value);
Napi::Array toArray(Napi::Env env, std::vector<mnn::TracedOperator> operators);

} // namespace twinfer
