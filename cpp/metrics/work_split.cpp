#include "work_split.h"

#include <algorithm>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace twinfer::metrics {

size_t threadsFor(size_t elements, size_t least, size_t most) {
    const size_t available = most > 0 ? most : std::max(1u, std::thread::hardware_concurrency());
    return std::clamp<size_t>(elements / least, 1, std::min<size_t>(available, 64));
}

void runWorkers(size_t threads, const std::function<void(size_t)>& worker) {
    std::vector<std::exception_ptr> failures(threads);
    const auto run = [&](size_t index) {
        try {
            worker(index);
        } catch (...) {
            failures[index] = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    others.reserve(threads);
    try {
        for (size_t i = 1; i < threads; i++) others.emplace_back(run, i);
    } catch (const std::system_error&) {
        // The parts that it would have taken go to the others.
    }
    run(0);
    for (std::thread& other : others) other.join();
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

} // namespace twinfer::metrics
