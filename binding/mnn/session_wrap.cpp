#include "session_wrap.h"

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"
#include "mnn/tensor_handle.h"
#include "tensor_wrap.h"
#include "trace_values.h"

namespace twinfer {

namespace {

Napi::Array toArray(Napi::Env env, const std::vector<std::string>& names) {
    Napi::Array array = Napi::Array::New(env, names.size());
    for (uint32_t i = 0; i < names.size(); i++) array[i] = Napi::String::New(env, names[i]);
    return array;
}

} // namespace

void SessionWrap::define(Napi::Env env, Napi::FunctionReference& constructor) {
    constructor =
        Napi::Persistent(DefineClass(env, "Session",
                                     {
                                         InstanceAccessor<&SessionWrap::inputNames>("inputNames"),
                                         InstanceAccessor<&SessionWrap::outputNames>("outputNames"),
                                         InstanceMethod<&SessionWrap::input>("input"),
                                         InstanceMethod<&SessionWrap::output>("output"),
                                         InstanceMethod<&SessionWrap::resizeTensor>("resizeTensor"),
                                         InstanceMethod<&SessionWrap::resize>("resize"),
                                         InstanceMethod<&SessionWrap::run>("run"),
                                         InstanceMethod<&SessionWrap::runTraced>("runTraced"),
                                         InstanceMethod<&SessionWrap::timeOperators>("timeOperators"),
                                         InstanceMethod<&SessionWrap::getInfo>("info"),
                                         InstanceMethod<&SessionWrap::updateCacheFile>("updateCacheFile"),
                                         InstanceMethod<&SessionWrap::release>("release"),
                                     }));
}

Napi::Object SessionWrap::wrap(Napi::Env env, std::shared_ptr<mnn::SessionHandle> handle) {
    const Napi::Object object = Addon::of(env).mnnSession.New({});
    Unwrap(object)->handle_ = std::move(handle);
    return object;
}

mnn::SessionHandle& SessionWrap::handle() const {
    if (!handle_) throw Error("TWINFER_INVALID_STATE", "expected a session of Interpreter.createSession");
    return *handle_;
}

Napi::Value SessionWrap::inputNames(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), handle().inputNames()); });
}

Napi::Value SessionWrap::outputNames(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), handle().outputNames()); });
}

Napi::Value SessionWrap::input(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Session.input");
        const std::string name = arguments.given(0) ? arguments.string(0, "name") : "";
        return TensorWrap::wrap(info.Env(), handle().input(arguments.given(0) ? &name : nullptr));
    });
}

Napi::Value SessionWrap::output(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Session.output");
        const std::string name = arguments.given(0) ? arguments.string(0, "name") : "";
        return TensorWrap::wrap(info.Env(), handle().output(arguments.given(0) ? &name : nullptr));
    });
}

Napi::Value SessionWrap::resizeTensor(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Session.resizeTensor");
        handle().resizeTensor(TensorWrap::of(info[0], "tensor"), arguments.shape(1, "shape"));
        return info.Env().Undefined();
    });
}

Napi::Value SessionWrap::resize(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle().resize();
        return info.Env().Undefined();
    });
}

Napi::Value SessionWrap::run(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle().run();
        return info.Env().Undefined();
    });
}

Napi::Value SessionWrap::runTraced(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        return toArray(info.Env(), mnn::runTraced(handle(), traceRequestOf(info[0])));
    });
}

Napi::Value SessionWrap::timeOperators(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const std::vector<double> times = mnn::timeOperators(handle());
        Napi::Array array = Napi::Array::New(info.Env(), times.size());
        for (uint32_t i = 0; i < times.size(); i++) array[i] = Napi::Number::New(info.Env(), times[i]);
        return array;
    });
}

Napi::Value SessionWrap::getInfo(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const mnn::SessionInfo session = handle().info();
        Napi::Object object = Napi::Object::New(env);
        object["memory"] = Napi::Number::New(env, session.memory);
        object["flops"] = Napi::Number::New(env, session.flops);
        object["backend"] = Napi::Number::New(env, session.backend);
        object["resizeStatus"] = Napi::Number::New(env, session.resizeStatus);
        object["threadNumber"] = Napi::Number::New(env, session.threads);
        return object;
    });
}

Napi::Value SessionWrap::updateCacheFile(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle().interpreter().updateCacheFile(&handle().session());
        return info.Env().Undefined();
    });
}

Napi::Value SessionWrap::release(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle().release();
        return info.Env().Undefined();
    });
}

} // namespace twinfer
