#pragma once

#include <atomic>

#include "waiter.h"

namespace twinfer::openmp {

// One parallel region: a function that is to be called for each of `parts`, which do not wait for each other,
// and how many workers have begun and are not done with it.
struct Region {
    void (*body)(void*);
    void* data;
    int parts;
    bool busyWait;
    std::atomic<int> next{0};
    std::atomic<int> unfinished{0};
};

// The thread's place in its team, for omp_get_thread_num() and omp_get_num_threads(): the part that it runs,
// and of how many. `parallel` says that this region or one around it has several.
struct Place {
    int thread = 0;
    int threads = 1;
    bool parallel = false;
};

extern thread_local Place place;

// Runs parts of the region until none is left that nobody has begun.
void work(Region& region);

} // namespace twinfer::openmp
