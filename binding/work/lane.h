#pragma once

#include <deque>
#include <memory>

#include "task.h"

namespace twinfer {

// Tasks that must not overlap, in the order they came: the runs of one MNN Interpreter, which has one
// lock for everything. Waiting here costs no pool thread. Guarded by the pool's mutex.
struct Lane {
    bool busy = false;
    std::deque<std::unique_ptr<Task>> waiting;
};

} // namespace twinfer
