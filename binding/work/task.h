#pragma once

#include <napi.h>

#include <cstddef>

namespace twinfer {

// One piece of work off the event loop. Made and destroyed on the JavaScript thread.
class Task {
  public:
    virtual ~Task() = default;

    // On a pool thread: no JavaScript here, and nothing may be thrown.
    virtual void execute() noexcept = 0;

    // On the JavaScript thread, after execute(). Throws Napi::Error where no JavaScript can run any more.
    virtual void settle(Napi::Env env) = 0;

    // Memory it holds while it waits, for the pool's limit.
    virtual size_t bytes() const = 0;
};

} // namespace twinfer
