#pragma once

#include <napi.h>

#include <memory>

#include "mnn/session_handle.h"
#include "mnn/tensor_handle.h"

namespace twinfer {

// NativeTensor: holds its session alive.
class TensorWrap : public Napi::ObjectWrap<TensorWrap> {
  public:
    static void define(Napi::Env env, Napi::FunctionReference& constructor);
    static Napi::Object wrap(Napi::Env env, std::shared_ptr<mnn::TensorHandle> handle);
    // Throws TWINFER_INVALID_ARGUMENT for anything that is not a Tensor of this addon.
    static mnn::TensorHandle& of(Napi::Value value, const char* name);

    explicit TensorWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  private:
    Napi::Value name(const Napi::CallbackInfo& info);
    Napi::Value shape(const Napi::CallbackInfo& info);
    Napi::Value dtype(const Napi::CallbackInfo& info);
    Napi::Value format(const Napi::CallbackInfo& info);
    Napi::Value layout(const Napi::CallbackInfo& info);
    Napi::Value copyFromHost(const Napi::CallbackInfo& info);
    Napi::Value copyToHost(const Napi::CallbackInfo& info);
    Napi::Value map(const Napi::CallbackInfo& info);

    mnn::TensorHandle& handle() const;

    std::shared_ptr<mnn::TensorHandle> handle_;
    std::shared_ptr<mnn::SessionHandle> session_;
};

} // namespace twinfer
