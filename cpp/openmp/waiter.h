#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace twinfer::openmp {

inline void pauseCpu() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    asm volatile("yield");
#endif
}

// Lets one thread wait for what others do: busy at first, because ncnn's layers follow each other within
// microseconds and waking a thread takes tens of them, then asleep, so that an idle model costs nothing.
class Waiter {
  public:
    // `met` reads atomics with sequential consistency, as wake() relies on it.
    template <class Condition> void wait(bool busyFirst, Condition met) {
        if (busyFirst && spin(met)) return;
        std::unique_lock<std::mutex> lock(mutex_);
        sleeping_.store(true);
        while (!met()) woken_.wait(lock);
        sleeping_.store(false);
    }

    // Called after the condition became true. Either this sees the sleeper or the sleeper sees the condition.
    void wake() {
        if (!sleeping_.load()) return;
        std::lock_guard<std::mutex> lock(mutex_);
        woken_.notify_one();
    }

  private:
    template <class Condition> static bool spin(Condition met) {
        using Clock = std::chrono::steady_clock;
        const auto end = Clock::now() + std::chrono::microseconds(100);
        do {
            for (int i = 0; i < 64; i++) {
                if (met()) return true;
                pauseCpu();
            }
            std::this_thread::yield(); // the one waited for may be on this core
        } while (Clock::now() < end);
        return false;
    }

    std::mutex mutex_;
    std::condition_variable woken_;
    std::atomic<bool> sleeping_{false};
};

} // namespace twinfer::openmp
