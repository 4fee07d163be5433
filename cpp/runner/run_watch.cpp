#include "run_watch.h"

#include <cstdio>
#include <ctime>
#include <limits>

#include "../error.h"

namespace twinfer {

namespace {

constexpr const char* kExceeded = "TWINFER_LIMIT_EXCEEDED";

// Milliseconds on a clock that is several times as cheap to read as a precise one, and late by as much as
// kLate: small networks ask more often than once in a microsecond.
#ifdef CLOCK_MONOTONIC_COARSE
double msOf(const timespec& time) {
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}
double cheapNow() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return msOf(now);
}
double lateness() {
    timespec step;
    clock_getres(CLOCK_MONOTONIC_COARSE, &step);
    return msOf(step);
}
const double kLate = lateness();
#else
double cheapNow() {
    return 0;
}
constexpr double kLate = std::numeric_limits<double>::infinity();
#endif

std::string shown(double number) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.15g", number);
    return text;
}

} // namespace

void requireTensorWithin(const RunLimits& limits, const std::string& layer, double elements, double bytes) {
    const std::string at = layer.empty() ? "" : layer + ": ";
    if (limits.elements > 0 && elements > limits.elements) {
        throw Error(kExceeded,
                    at + "expected at most " + shown(limits.elements) +
                        " elements in a tensor (limits.elements), received " + shown(elements),
                    kRaiseLimits);
    }
    if (limits.memory > 0 && bytes > limits.memory) {
        throw Error(kExceeded,
                    at + "expected at most " + shown(limits.memory) +
                        " bytes in a run (limits.memory), received a tensor of " + shown(bytes),
                    kRaiseLimits);
    }
}

RunWatch::RunWatch(const RunLimits& limits, const int32_t* cancelled)
    : limits_(limits), cancelled_(cancelled), startedAbout_(limits.ms > 0 ? cheapNow() : 0) {}

bool RunWatch::goesOn() noexcept {
    if (stop_ != Stop::none) return false;
    if (cancelled_ != nullptr && __atomic_load_n(cancelled_, __ATOMIC_ACQUIRE) != 0) {
        stop_ = Stop::cancelled;
    } else if (limits_.ms > 0 && cheapNow() - startedAbout_ + kLate > limits_.ms) {
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started_;
        if (took.count() > limits_.ms) stop_ = Stop::time;
    }
    return stop_ == Stop::none;
}

bool RunWatch::take(size_t bytes) noexcept {
    const size_t held = held_ += bytes;
    if (limits_.memory <= 0 || double(held) <= limits_.memory) return true;
    if (stop_ == Stop::none) {
        wanted_ = held;
        stop_ = Stop::memory;
    }
    return false;
}

void RunWatch::refuse(const std::string& where) const {
    switch (stop_) {
    case Stop::time:
        throw Error(kExceeded,
                    where + ": expected a run of at most " + shown(limits_.ms) +
                        " ms (limits.ms), it was ended here",
                    kRaiseLimits);
    case Stop::memory:
        throw Error(kExceeded,
                    where + ": expected at most " + shown(limits_.memory) +
                        " bytes in a run (limits.memory), received " + shown(double(wanted_.load())),
                    kRaiseLimits);
    default: throw Error("TWINFER_ENGINE_FAILED", where + ": the run was abandoned");
    }
}

} // namespace twinfer
