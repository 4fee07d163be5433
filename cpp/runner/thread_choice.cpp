#include "thread_choice.h"

#include <algorithm>

namespace twinfer {

namespace {

// About 0.2 ms of one core: `npm run bench:threads` shows where a second thread begins to pay.
constexpr double kWorthAThread = 5e6;

std::string countOf(int count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

} // namespace

ThreadChoice threadsForWork(double multiplyAdds, int cores) {
    const double worth = std::max(1.0, multiplyAdds / kWorthAThread);
    const int threads = worth < cores ? int(worth) : cores;
    const long long millions = static_cast<long long>(multiplyAdds / 1e6);
    return {threads, countOf(threads, "thread") + " of " + countOf(cores, "core") + " for " +
                         (millions < 1 ? "less than a million" : std::to_string(millions) + " million") +
                         " multiply-adds a run: 5 million are worth a thread"};
}

ThreadChoice threadsForUnknownWork(int cores, const std::string& why) {
    return {cores, "one thread for each of " + countOf(cores, "core") + ": " + why};
}

int coresForLane(int cores, const RunnerOptions& options) {
    return std::max(1, cores / std::max(1, options.lanes));
}

} // namespace twinfer
