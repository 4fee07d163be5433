#pragma once

#include <string>

#include "runner.h"

namespace twinfer {

// How many threads a run gets, and why, in words for Effective.
struct ThreadChoice {
    int threads;
    std::string reason;
};

// So many that each has a worthwhile part of the work, as far as there are cores: starting and joining
// threads at every layer costs a small network more than they save. By the multiply-adds of a run, and never
// by a measurement: the same model gets the same threads, and with them the same results, on every start.
ThreadChoice threadsForWork(double multiplyAdds, int cores);

// All cores, where the work is not known; `why` not.
ThreadChoice threadsForUnknownWork(int cores, const std::string& why);

// The cores that one of the options' lanes has for itself.
int coresForLane(int cores, const RunnerOptions& options);

} // namespace twinfer
