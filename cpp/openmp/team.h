#pragma once

#include <memory>
#include <vector>

#include <sys/types.h>

#include "worker.h"

namespace twinfer::openmp {

// The workers of one thread that starts regions. They stay for the next region and end with that thread.
class Team {
  public:
    Team();
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    // Calls the body for each part, on `threads` threads, the calling one among them; on fewer where the
    // system gives no more, or no core in time. A part must not wait for another one.
    void run(void (*body)(void*), void* data, int parts, int threads);

  private:
    int grow(int threads);

    const pid_t process_;
    Waiter master_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

} // namespace twinfer::openmp
