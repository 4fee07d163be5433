#pragma once

#include <napi.h>

#include <exception>
#include <type_traits>

#include "addon.h"
#include "error.h"
#include "log/log.h"

namespace twinfer {

// Throws it into JavaScript, unless none can run there any more because the worker thread was terminated.
// Nothing leaves as a C++ exception: between here and the runtime are frames that cannot be unwound.
inline void raise(const Napi::Error& error) noexcept {
    try {
        error.ThrowAsJavaScriptException();
    } catch (...) {
    }
}

// Runs the body of one call from JavaScript: what the engines print meanwhile goes to the logger, and
// every C++ exception becomes a TwinferError that carries those lines. The result is empty then.
template <typename Body> Napi::Value guard(Napi::Env env, Body&& body) {
    LogCapture capture;
    const auto run = [&]() -> Napi::Value {
        if constexpr (std::is_invocable_v<Body, LogCapture&>) {
            return body(capture);
        } else {
            return body();
        }
    };
    try {
        Addon& addon = Addon::of(env);
        try {
            const Napi::Value result = run();
            addon.log(env, capture.take());
            return result;
        } catch (const Napi::Error& error) {
            raise(error);
        } catch (...) {
            const std::vector<LogLine> lines = capture.take();
            const Napi::Error error = addon.makeError(env, std::current_exception(), lines);
            addon.log(env, lines);
            raise(error);
        }
    } catch (const Napi::Error& error) { // of the logger
        raise(error);
    }
    return {};
}

} // namespace twinfer
