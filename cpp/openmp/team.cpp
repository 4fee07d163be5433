#include "team.h"

#include <system_error>

namespace twinfer::openmp {

void Team::run(void (*body)(void*), void* data, int wanted) {
    const int threads = grow(wanted);
    // More threads than cores: whoever spins keeps another from working.
    static const int cores = int(std::thread::hardware_concurrency());
    Region region{body, data, threads, threads <= cores, {threads - 1}};
    for (int i = 1; i < threads; i++) workers_[size_t(i - 1)]->start(region);
    runAs(0, region);
    if (threads > 1) master_.wait(region.busyWait, [&region] { return region.unfinished.load() == 0; });
}

int Team::grow(int threads) {
    try {
        while (int(workers_.size()) + 1 < threads)
            workers_.push_back(std::make_unique<Worker>(int(workers_.size()) + 1, master_));
        return threads;
    } catch (const std::system_error&) {
        return int(workers_.size()) + 1;
    }
}

} // namespace twinfer::openmp
