#include "threads.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

#include "../error.h"

namespace twinfer::mnn {

namespace {

int countPhysicalCores() {
    const int logical = std::max(1u, std::thread::hardware_concurrency());
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return logical;
    // Hyper-threads of one core share a list of siblings.
    std::set<std::string> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                           "/topology/thread_siblings_list");
        std::string siblings;
        if (!std::getline(file, siblings)) return logical;
        cores.insert(siblings);
    }
    return std::max<int>(1, static_cast<int>(cores.size()));
#else
    return logical;
#endif
}

} // namespace

int physicalCores() {
    static const int cores = countPhysicalCores();
    return cores;
}

void expectThreads(int threads) {
    std::promise<void> enough;
    const std::shared_future<void> asked = enough.get_future().share();
    std::vector<std::thread> tried;
    std::string refusal;
    try {
        tried.reserve(size_t(threads));
        for (int i = 0; i < threads; i++) tried.emplace_back([asked] { asked.wait(); });
    } catch (const std::system_error& failure) {
        refusal = failure.what();
    }
    enough.set_value();
    for (std::thread& thread : tried) thread.join();
    if (refusal.empty()) return;
    throw Error("TWINFER_OUT_OF_MEMORY",
                "expected " + std::to_string(threads) +
                    " threads for MNN, received from the system: " + refusal,
                "Its limit of threads is reached (ulimit -u, or pids.max of a container).");
}

} // namespace twinfer::mnn
