#include "threads.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

#ifndef MNN_USE_THREAD_POOL
#define MNN_USE_THREAD_POOL
#endif
#include "backend/cpu/ThreadPool.hpp"

namespace twinfer::mnn {

namespace {

constexpr int kMostThreads = 32; // CPUBackend.cpp clamps to it

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

void reserveThreads(int threads) {
    if (threads <= 1) return;
    // Idle workers spin while any run is active, so not one more than there are cores.
    const int most = std::max(threads, physicalCores());
    MNN::ThreadPool* pool = nullptr;
    MNN::ThreadPool::init(std::min(most, kMostThreads), 0, pool);
}

} // namespace twinfer::mnn
