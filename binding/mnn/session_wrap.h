#pragma once

#include <napi.h>

#include <memory>

#include "mnn/session_handle.h"

namespace twinfer {

// NativeSession: made by Interpreter.createSession only.
class SessionWrap : public Napi::ObjectWrap<SessionWrap> {
  public:
    static void define(Napi::Env env, Napi::FunctionReference& constructor);
    static Napi::Object wrap(Napi::Env env, std::shared_ptr<mnn::SessionHandle> handle);

    explicit SessionWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  private:
    Napi::Value inputNames(const Napi::CallbackInfo& info);
    Napi::Value outputNames(const Napi::CallbackInfo& info);
    Napi::Value input(const Napi::CallbackInfo& info);
    Napi::Value output(const Napi::CallbackInfo& info);
    Napi::Value resizeTensor(const Napi::CallbackInfo& info);
    Napi::Value resize(const Napi::CallbackInfo& info);
    Napi::Value run(const Napi::CallbackInfo& info);
    Napi::Value runTraced(const Napi::CallbackInfo& info);
    Napi::Value timeOperators(const Napi::CallbackInfo& info);
    Napi::Value getInfo(const Napi::CallbackInfo& info);
    Napi::Value updateCacheFile(const Napi::CallbackInfo& info);
    Napi::Value release(const Napi::CallbackInfo& info);

    mnn::SessionHandle& handle() const;

    std::shared_ptr<mnn::SessionHandle> handle_;
};

} // namespace twinfer
