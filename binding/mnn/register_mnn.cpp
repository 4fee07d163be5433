#include "register_mnn.h"

#include <MNN/Interpreter.hpp>

#include "../addon.h"
#include "interpreter_wrap.h"
#include "module_wrap.h"
#include "session_wrap.h"
#include "tensor_wrap.h"

namespace twinfer {

Napi::Object createMnn(Napi::Env env, Addon& addon) {
    Napi::Object mnn = Napi::Object::New(env);
    mnn["version"] = Napi::String::New(env, MNN::getVersion());
    mnn["Interpreter"] = InterpreterWrap::define(env);
    mnn["Module"] = ModuleWrap::define(env, addon.mnnModule);
    SessionWrap::define(env, addon.mnnSession);
    TensorWrap::define(env, addon.mnnTensor);
    return mnn;
}

} // namespace twinfer
