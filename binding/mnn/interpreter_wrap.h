#pragma once

#include <napi.h>

#include <memory>

#include "mnn/interpreter_handle.h"

namespace twinfer {

// NativeInterpreter.
class InterpreterWrap : public Napi::ObjectWrap<InterpreterWrap> {
  public:
    static Napi::Function define(Napi::Env env);

    // new Interpreter(file, externalFile?)
    explicit InterpreterWrap(const Napi::CallbackInfo& info);

  private:
    Napi::Value setSessionMode(const Napi::CallbackInfo& info);
    Napi::Value setSessionHint(const Napi::CallbackInfo& info);
    Napi::Value setCacheFile(const Napi::CallbackInfo& info);
    Napi::Value createSession(const Napi::CallbackInfo& info);
    Napi::Value createSessionFor(const Napi::CallbackInfo& info);
    Napi::Value releaseModel(const Napi::CallbackInfo& info);
    Napi::Value modelVersion(const Napi::CallbackInfo& info);
    Napi::Value bizCode(const Napi::CallbackInfo& info);
    Napi::Value uuid(const Napi::CallbackInfo& info);

    std::shared_ptr<mnn::InterpreterHandle> handle_;
};

} // namespace twinfer
