#pragma once

#include <napi.h>

#include <exception>
#include <memory>
#include <vector>

#include "log/log.h"
#include "work/work_pool.h"

namespace twinfer {

// All state of one Node environment (the main thread, or one worker thread). Nothing else in binding/
// keeps a JavaScript handle in static storage, which would break the second environment.
class Addon : public Napi::Addon<Addon> {
  public:
    Addon(Napi::Env env, Napi::Object exports);

    static Addon& of(Napi::Env env) { return *env.GetInstanceData<Addon>(); }

    // An instance of the class given to setErrorClass.
    Napi::Error makeError(Napi::Env env, std::exception_ptr failure, const std::vector<LogLine>& lines);

    void log(Napi::Env env, const std::vector<LogLine>& lines);

    WorkPool& pool() { return *pool_; }

    // Constructors of the classes that native code itself instantiates.
    Napi::FunctionReference runner;
    Napi::FunctionReference ncnnExtractor;
    Napi::FunctionReference ncnnMat;
    Napi::FunctionReference mnnSession;
    Napi::FunctionReference mnnTensor;
    Napi::FunctionReference mnnModule;

  private:
    Napi::Value setErrorClass(const Napi::CallbackInfo& info);
    Napi::Value setLogger(const Napi::CallbackInfo& info);
    Napi::Value stop(const Napi::CallbackInfo& info);
    Napi::Value findVulkanLibrary(const Napi::CallbackInfo& info);
    Napi::Value serveModel(const Napi::CallbackInfo& info);

    Napi::FunctionReference errorClass_;
    Napi::FunctionReference logger_;
    std::unique_ptr<WorkPool> pool_; // last: its threads end before anything above is gone
};

// Lines as an array of strings.
Napi::Array toArray(Napi::Env env, const std::vector<LogLine>& lines);

} // namespace twinfer
