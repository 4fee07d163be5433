#pragma once

#include <napi.h>

#include <memory>

#include "mnn/express_module.h"

namespace twinfer {

// NativeModule.
class ModuleWrap : public Napi::ObjectWrap<ModuleWrap> {
  public:
    static Napi::Function define(Napi::Env env, Napi::FunctionReference& constructor);

    explicit ModuleWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  private:
    static Napi::Value load(const Napi::CallbackInfo& info);
    static Napi::Object wrap(Napi::Env env, std::unique_ptr<mnn::ExpressModule> module);

    Napi::Value getInfo(const Napi::CallbackInfo& info);
    Napi::Value forward(const Napi::CallbackInfo& info);
    Napi::Value clone(const Napi::CallbackInfo& info);
    Napi::Value release(const Napi::CallbackInfo& info);

    mnn::ExpressModule& module() const;

    std::unique_ptr<mnn::ExpressModule> module_;
};

} // namespace twinfer
