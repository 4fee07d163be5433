#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace twinfer::metrics {

// Hands out the numbers from 0 to count - 1 to whoever asks, on any thread.
class Parts {
  public:
    explicit Parts(size_t count) : count_(count) {}

    // False when all are taken.
    bool take(size_t& part) {
        part = next_.fetch_add(1, std::memory_order_relaxed);
        return part < count_;
    }

  private:
    const size_t count_;
    std::atomic<size_t> next_{0};
};

// As many threads as the machine has, or `most` where it is not 0, but none with fewer than `least` elements.
size_t threadsFor(size_t elements, size_t least, size_t most);

// Runs worker(0) here and worker(1) … worker(threads - 1) on other threads at the same time, and waits for
// all of them. Where the system has no more threads it makes do with fewer. A worker's exception is thrown
// here.
void runWorkers(size_t threads, const std::function<void(size_t)>& worker);

} // namespace twinfer::metrics
