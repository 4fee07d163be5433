#pragma once

#include <napi.h>

#include <exception>
#include <new>
#include <utility>

#include "addon.h"
#include "error.h"
#include "log/log.h"

namespace twinfer {

// Runs the body of one call from JavaScript: what the engines print meanwhile goes to the logger, and
// every C++ exception becomes a TwinferError that carries those lines.
template <typename Body>
auto guard(Napi::Env env, Body&& body) -> decltype(body()) {
    LogCapture capture;
    Addon& addon = Addon::of(env);
    try {
        if constexpr (std::is_void_v<decltype(body())>) {
            body();
            addon.log(env, capture.take());
        } else {
            auto result = body();
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
