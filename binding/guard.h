#pragma once

#include <napi.h>

#include <exception>
#include <type_traits>

#include "addon.h"
#include "error.h"
#include "log/log.h"

namespace twinfer {

// Runs the body of one call from JavaScript: what the engines print meanwhile goes to the logger, and
// every C++ exception becomes a TwinferError that carries those lines.
template <typename Body> auto guard(Napi::Env env, Body&& body) {
    LogCapture capture;
    Addon& addon = Addon::of(env);
    const auto run = [&] {
        if constexpr (std::is_invocable_v<Body, LogCapture&>) {
            return body(capture);
        } else {
            return body();
        }
    };
    try {
        if constexpr (std::is_void_v<decltype(run())>) {
            run();
            addon.log(env, capture.take());
        } else {
            auto result = run();
            addon.log(env, capture.take());
            return result;
        }
    } catch (const Napi::Error&) {
        throw;
    } catch (...) {
        const std::vector<LogLine> lines = capture.take();
        const Napi::Error error = addon.makeError(env, std::current_exception(), lines);
        addon.log(env, lines);
        throw error;
    }
}

} // namespace twinfer
