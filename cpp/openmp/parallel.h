#pragma once

namespace twinfer::openmp {

// At most so many threads for the regions that this thread starts, as long as it lives.
class ThreadLimit {
  public:
    explicit ThreadLimit(int threads);
    ~ThreadLimit();
    ThreadLimit(const ThreadLimit&) = delete;
    ThreadLimit& operator=(const ThreadLimit&) = delete;

  private:
    const int outer_;
};

// Calls the body once for each part, with the part's number in place.thread (region.h): on as many threads as
// there are parts, or as the limit allows. Parts must not wait for each other.
void parallel(void (*body)(void*), void* data, int parts);

} // namespace twinfer::openmp
