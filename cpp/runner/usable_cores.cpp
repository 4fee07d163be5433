#include "usable_cores.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace twinfer {

namespace {

#ifdef __linux__
// The processor time of this control group, in processors; 0 where it has no limit.
double quota() {
    double time = 0, period = 0;
    std::ifstream second("/sys/fs/cgroup/cpu.max"); // "max 100000" reads as no number
    if (second >> time >> period && period > 0) return time / period;
    std::ifstream first("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), each("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (first >> time && each >> period && time > 0 && period > 0) return time / period;
    return 0;
}

int boundTo() {
    const int logical = std::max(1u, std::thread::hardware_concurrency());
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
    return std::max(1, int(cores.size()));
}

int count() {
    const int cores = boundTo();
    const double most = quota();
    return most > 0 ? std::clamp(int(std::ceil(most)), 1, cores) : cores;
}
#else
int count() {
    return std::max(1u, std::thread::hardware_concurrency());
}
#endif

} // namespace

int usableCores() {
    static const int cores = count();
    return cores;
}

} // namespace twinfer
