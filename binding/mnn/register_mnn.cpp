#include "register_mnn.h"

#include "../addon.h"

namespace twinfer {

Napi::Object createMnn(Napi::Env env, Addon&) { return Napi::Object::New(env); }

} // namespace twinfer
