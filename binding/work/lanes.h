#pragma once

#include <deque>
#include <memory>

#include "task.h"

namespace twinfer {

// Tasks of which only some may overlap, in the order they came: the runs of one MNN Interpreter, which has
// one lock for everything, or of a model with so many lanes. Waiting here costs no pool thread. Guarded by
// the pool's mutex.
struct Lanes {
    explicit Lanes(size_t count) : free(count) {}

    size_t free;
    std::deque<std::unique_ptr<Task>> waiting;
};

} // namespace twinfer
