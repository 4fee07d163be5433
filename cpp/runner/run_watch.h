#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace twinfer {

// What one run may take; 0 where nothing limits it.
struct RunLimits {
    double ms = 0;
    double memory = 0;   // bytes of blobs and of what layers work in, without the weights
    double elements = 0; // of one tensor
};

// What to do about TWINFER_LIMIT_EXCEEDED.
inline constexpr const char* kRaiseLimits = "Where you trust the file, raise the limits of open(); `twinfer "
                                            "inspect` tells what a model asks for.";

// Throws TWINFER_LIMIT_EXCEEDED for a tensor of more elements or bytes than there may be; `layer` is how the
// message calls who makes it, "" where the caller says that itself.
void requireTensorWithin(const RunLimits& limits, const std::string& layer, double elements, double bytes);

// One run against its limits, and against the wish of who started it to end it. Engines let one in at few
// places, ncnn where it asks for memory and MNN between two operators: those ask here, on whatever thread,
// and give up where the answer is no.
class RunWatch {
  public:
    // `cancelled`, where there is one, turns from 0 to 1 on another thread.
    RunWatch(const RunLimits& limits, const int32_t* cancelled);

    // False once its time is over, or it was cancelled.
    bool goesOn() noexcept;
    // Counts bytes, and says whether the run may hold so many.
    bool take(size_t bytes) noexcept;
    void giveBack(size_t bytes) noexcept { held_ -= bytes; }

    bool stopped() const { return stop_ != Stop::none; }
    // Throws why it ended, TWINFER_LIMIT_EXCEEDED or TWINFER_ENGINE_FAILED; `where` is the layer or the
    // output that it was at.
    [[noreturn]] void refuse(const std::string& where) const;

  private:
    enum class Stop { none, time, memory, cancelled };

    const RunLimits limits_;
    const int32_t* const cancelled_;
    const double startedAbout_; // in milliseconds, on the cheap clock
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::atomic<size_t> held_{0}, wanted_{0};
    std::atomic<Stop> stop_{Stop::none};
};

} // namespace twinfer
