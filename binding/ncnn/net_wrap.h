#pragma once

#include <napi.h>

#include <memory>

#include "ncnn/network.h"

namespace twinfer {

class NetWrap : public Napi::ObjectWrap<NetWrap> {
  public:
    static Napi::Function define(Napi::Env env);

    explicit NetWrap(const Napi::CallbackInfo& info);

  private:
    Napi::Value getOption(const Napi::CallbackInfo& info);
    Napi::Value setOption(const Napi::CallbackInfo& info);
    Napi::Value configure(const Napi::CallbackInfo& info);
    Napi::Value loadParam(const Napi::CallbackInfo& info);
    Napi::Value loadModel(const Napi::CallbackInfo& info);
    Napi::Value clear(const Napi::CallbackInfo& info);
    Napi::Value layers(const Napi::CallbackInfo& info);
    Napi::Value blobNames(const Napi::CallbackInfo& info);
    Napi::Value inputIndexes(const Napi::CallbackInfo& info);
    Napi::Value outputIndexes(const Napi::CallbackInfo& info);
    Napi::Value inputs(const Napi::CallbackInfo& info);
    Napi::Value readInputs(const Napi::CallbackInfo& info);
    Napi::Value createExtractor(const Napi::CallbackInfo& info);
    Napi::Value runLayer(const Napi::CallbackInfo& info);
    Napi::Value timeLayers(const Napi::CallbackInfo& info);

    // A load or a clear while Extractors are alive would free the layers under them: they keep the old
    // Network, and this starts a new one with the same options.
    void startAfresh();

    std::shared_ptr<Network> network_;
    bool isConfigured_ = false; // by configure(), as a model is
    RunnerOptions configured_;
};

} // namespace twinfer
