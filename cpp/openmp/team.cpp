#include "team.h"

#include <exception>

#include <unistd.h>

namespace twinfer::openmp {

Team::Team() : process_(getpid()) {}

Team::~Team() {
    if (process_ == getpid()) return;
    // fork() copied the team without its threads: a child that ends with exit() would wait for them for ever.
    for (std::unique_ptr<Worker>& worker : workers_) static_cast<void>(worker.release());
}

void Team::run(void (*body)(void*), void* data, int parts, int wanted) {
    const int threads = grow(wanted);
    // More threads than cores: whoever spins keeps another from working.
    static const int cores = int(std::thread::hardware_concurrency());
    Region region{body, data, parts, threads <= cores};
    region.unfinished.store(threads - 1);
    for (int i = 1; i < threads; i++) workers_[size_t(i - 1)]->start(region);
    work(region);
    // All parts have begun. Whoever waits for a worker that has not waits for the system to find it a core,
    // which takes milliseconds where others work there.
    for (int i = 1; i < threads; i++) {
        if (workers_[size_t(i - 1)]->takeBack()) region.unfinished.fetch_sub(1);
    }
    if (threads > 1) master_.wait(region.busyWait, [&region] { return region.unfinished.load() == 0; });
}

int Team::grow(int threads) {
    try {
        while (int(workers_.size()) + 1 < threads) workers_.push_back(std::make_unique<Worker>(master_));
        return threads;
    } catch (const std::exception&) { // no more threads, or no memory for one: GCC's callers do not unwind
        return int(workers_.size()) + 1;
    }
}

} // namespace twinfer::openmp
