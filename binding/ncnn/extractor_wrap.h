#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "ncnn/extraction.h"

namespace twinfer {

class ExtractorWrap : public Napi::ObjectWrap<ExtractorWrap> {
  public:
    static void define(Napi::Env env, Napi::FunctionReference& constructor);
    static Napi::Object wrap(Napi::Env env, std::shared_ptr<const Network> network);

    explicit ExtractorWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  private:
    Napi::Value input(const Napi::CallbackInfo& info);
    Napi::Value extract(const Napi::CallbackInfo& info);
    Napi::Value read(const Napi::CallbackInfo& info);
    Napi::Value setLightMode(const Napi::CallbackInfo& info);
    Napi::Value clear(const Napi::CallbackInfo& info);

    Extraction& extraction() const;
    int blob(const Napi::Value& value, bool asInput) const;

    std::unique_ptr<Extraction> extraction_;
};

} // namespace twinfer
