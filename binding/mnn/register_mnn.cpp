#include "register_mnn.h"

#include <MNN/Interpreter.hpp>

#include "../addon.h"
#include "../gpu_values.h"
#include "../guard.h"
#include "../pieces.h"
#include "interpreter_wrap.h"
#include "mnn/vulkan_devices.h"
#include "module_wrap.h"
#include "session_wrap.h"
#include "tensor_wrap.h"

namespace twinfer {

namespace {

Napi::Value gpuValues(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), mnn::gpus()); });
}

} // namespace

Napi::Object createMnn(Napi::Env env, Addon& addon) {
    Napi::Object mnn = Napi::Object::New(env);
    mnn["version"] = Napi::String::New(env, MNN::getVersion());
    mnn["Interpreter"] = InterpreterWrap::define(env);
    mnn["Module"] = ModuleWrap::define(env, addon.mnnModule);
    mnn["cut"] = Napi::Function::New<cutMnn>(env, "cut");
    mnn["sizingTensors"] = Napi::Function::New<mnnSizingTensors>(env, "sizingTensors");
    mnn["gpus"] = Napi::Function::New<gpuValues>(env, "gpus");
    SessionWrap::define(env, addon.mnnSession);
    TensorWrap::define(env, addon.mnnTensor);
    return mnn;
}

} // namespace twinfer
