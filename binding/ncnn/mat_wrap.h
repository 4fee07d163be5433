#pragma once

#include <napi.h>

#include <ncnn/mat.h>

namespace twinfer {

// NativeMat: shares ownership of an ncnn::Mat's memory.
class MatWrap : public Napi::ObjectWrap<MatWrap> {
  public:
    static Napi::Function define(Napi::Env env, Napi::FunctionReference& constructor);
    static Napi::Object wrap(Napi::Env env, const ncnn::Mat& mat);
    // Throws TWINFER_INVALID_ARGUMENT for anything that is not a Mat of this addon.
    static const ncnn::Mat& of(Napi::Env env, Napi::Value value, const char* name);

    explicit MatWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  private:
    static Napi::Value from(const Napi::CallbackInfo& info);
    template <int ncnn::Mat::* field> Napi::Value number(const Napi::CallbackInfo& info) {
        return Napi::Number::New(info.Env(), mat_.*field);
    }
    Napi::Value elemsize(const Napi::CallbackInfo& info);
    Napi::Value cstep(const Napi::CallbackInfo& info);
    Napi::Value shape(const Napi::CallbackInfo& info);
    Napi::Value buffer(const Napi::CallbackInfo& info);
    Napi::Value toFloat32Array(const Napi::CallbackInfo& info);
    Napi::Value clone(const Napi::CallbackInfo& info);

    ncnn::Mat mat_;
    Napi::Reference<Napi::Value> buffer_; // V8 allows one ArrayBuffer over one piece of memory
};

} // namespace twinfer
