#pragma once

#include <atomic>
#include <thread>

#include "region.h"
#include "waiter.h"

namespace twinfer::openmp {

// A thread that waits for regions and helps with them.
class Worker {
  public:
    // Throws std::system_error where the system gives no more threads.
    explicit Worker(Waiter& master);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // The region must live until its `unfinished` is 0.
    void start(Region& region);
    // Whether it has not begun with the region that start() gave it, and will not.
    bool takeBack() { return region_.exchange(nullptr) != nullptr; }

  private:
    void loop();

    Waiter& master_;
    Waiter idle_;
    std::atomic<Region*> region_{nullptr};
    std::atomic<bool> stopped_{false};
    std::thread thread_; // last: it uses all of the above
};

} // namespace twinfer::openmp
