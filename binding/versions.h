#pragma once

#include <napi.h>

namespace twinfer {

Napi::Object createVersions(Napi::Env env);

} // namespace twinfer
