#pragma once

#include <napi.h>

namespace twinfer {

// `format`: what model files say, read without an engine (cpp/format).
Napi::Object createFormat(Napi::Env env);

} // namespace twinfer
