#include "thread_choice.h"

#include <algorithm>

namespace twinfer {

namespace {

// About 0.4 ms of one core: `npm run bench:threads` shows where a second thread begins to pay. With AVX-512 a
// core does twice as much in the time that it takes to wake another: 11 million multiply-adds of a small ViT
// and 14 million of ECAPA-TDNN are slower on two threads there, and faster on two with AVX2.
double worthAThread() {
#ifdef __x86_64__
    static const bool isWide = __builtin_cpu_supports("avx512f") != 0;
    if (isWide) return 10e6;
#endif
    return 5e6;
}

long long millionsOf(double multiplyAdds) {
    return static_cast<long long>(multiplyAdds / 1e6);
}

std::string countOf(int count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

} // namespace

ThreadChoice threadsForWork(double multiplyAdds, int cores) {
    const double worth = std::max(1.0, multiplyAdds / worthAThread());
    const int threads = worth < cores ? int(worth) : cores;
    const long long millions = millionsOf(multiplyAdds);
    return {threads, countOf(threads, "thread") + " of " + countOf(cores, "core") + " for " +
                         (millions < 1 ? "less than a million" : std::to_string(millions) + " million") +
                         " multiply-adds a run: " + std::to_string(millionsOf(worthAThread())) +
                         " million are worth a thread"};
}

ThreadChoice threadsForUnknownWork(int cores, const std::string& why) {
    return {cores, "one thread for each of " + countOf(cores, "core") + ": " + why};
}

int coresForLane(int cores, const RunnerOptions& options) {
    return std::max(1, cores / std::max(1, options.lanes));
}

} // namespace twinfer
