#pragma once

#include <atomic>

#include "waiter.h"

namespace twinfer::openmp {

// One parallel region: the compiler's outlined function, and how many of the team are not done with it.
struct Region {
    void (*body)(void*);
    void* data;
    int threads;
    bool busyWait;
    std::atomic<int> unfinished;
};

// The thread's place in its team, for omp_get_thread_num() and omp_get_num_threads(). `parallel` says that
// this region or one around it has several threads.
struct Place {
    int thread = 0;
    int threads = 1;
    bool parallel = false;
};

extern thread_local Place place;

// Runs the region's body as one thread of the team.
void runAs(int thread, const Region& region);

} // namespace twinfer::openmp
