#include "addon.h"

#include <new>

#include "arguments.h"
#include "error.h"
#include "format/register_format.h"
#include "guard.h"
#include "isolate/serve_model.h"
#include "metrics/register_metrics.h"
#include "mnn/register_mnn.h"
#include "ncnn/register_ncnn.h"
#include "preprocess/register_preprocess.h"
#include "runner_wrap.h"
#include "versions.h"
#include "vulkan/loader.h"

namespace twinfer {

Addon::Addon(Napi::Env env, Napi::Object exports) : pool_(std::make_unique<WorkPool>(env)) {
    DefineAddon(exports, {
                             InstanceMethod<&Addon::setErrorClass>("setErrorClass"),
                             InstanceMethod<&Addon::setLogger>("setLogger"),
                             InstanceMethod<&Addon::stop>("stop"),
                             InstanceMethod<&Addon::findVulkanLibrary>("vulkanLibrary"),
                             InstanceMethod<&Addon::serveModel>("serveModel"),
                         });
    exports["versions"] = createVersions(env);
    exports["Runner"] = RunnerWrap::define(env, runner);
    exports["ncnn"] = createNcnn(env, *this);
    exports["mnn"] = createMnn(env, *this);
    exports["format"] = createFormat(env);
    exports["metrics"] = createMetrics(env);
    exports["preprocess"] = createPreprocess(env);
}

Napi::Error Addon::makeError(Napi::Env env, std::exception_ptr failure, const std::vector<LogLine>& lines) {
    Error error("TWINFER_INTERNAL", "an unknown exception");
    try {
        std::rethrow_exception(failure);
    } catch (const Error& known) {
        error = known;
    } catch (const std::bad_alloc&) {
        error = Error("TWINFER_OUT_OF_MEMORY", "the engine could not get the memory it asked for");
    } catch (const std::exception& other) {
        error = Error("TWINFER_INTERNAL", other.what());
    } catch (...) {
    }
    std::string message = error.what();
    // Empty where the engine only listed the CPU's features: a message does not end in a line break.
    const std::string said = joinLines(lines);
    if (!said.empty()) message += "\n" + said;
    Napi::Object details = Napi::Object::New(env);
    details["help"] = Napi::String::New(env, error.help());
    details["log"] = toArray(env, lines);
    if (errorClass_.IsEmpty()) return Napi::Error::New(env, error.code() + ": " + message);
    const Napi::Object made =
        errorClass_.New({Napi::String::New(env, error.code()), Napi::String::New(env, message), details});
    return Napi::Error(env, made);
}

void Addon::log(Napi::Env env, const std::vector<LogLine>& lines) {
    if (lines.empty() || logger_.IsEmpty()) return;
    for (const LogLine& line : lines) {
        const bool ncnn = line.engine[0] == 'n';
        logger_.Call({Napi::String::New(env, ncnn ? "ncnn" : "mnn"),
                      Napi::String::New(env, line.level == LogLevel::error ? "error" : "info"),
                      Napi::String::New(env, line.text)});
    }
}

Napi::Value Addon::setErrorClass(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        errorClass_ = Napi::Persistent(Arguments(info, "setErrorClass").function(0, "errorClass"));
        return info.Env().Undefined();
    });
}

Napi::Value Addon::setLogger(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "setLogger");
        if (arguments.given(0)) {
            logger_ = Napi::Persistent(arguments.function(0, "logger"));
        } else {
            logger_.Reset();
        }
        return info.Env().Undefined();
    });
}

Napi::Value Addon::stop(const Napi::CallbackInfo& info) {
    pool_->stop();
    return info.Env().Undefined();
}

Napi::Value Addon::findVulkanLibrary(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return Napi::String::New(info.Env(), vulkanLibrary()); });
}

Napi::Value Addon::serveModel(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        twinfer::serveModel(Arguments(info, "serveModel").integer(0, "file", 0, 1 << 20));
    });
}

Napi::Array toArray(Napi::Env env, const std::vector<LogLine>& lines) {
    Napi::Array array = Napi::Array::New(env, lines.size());
    for (size_t i = 0; i < lines.size(); i++) array[uint32_t(i)] = Napi::String::New(env, lines[i].text);
    return array;
}

NODE_API_ADDON(Addon)

} // namespace twinfer
