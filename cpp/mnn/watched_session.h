#pragma once

#include <MNN/Interpreter.hpp>

#include "../runner/run_watch.h"

namespace twinfer::mnn {

// Of a session that was sized. Throws TWINFER_LIMIT_EXCEEDED where all that it has, the weights among it, is
// more than a run may take: MNN does not tell them apart. Nothing has written to it yet, so that the system
// has given next to none of it.
void requireMemoryWithin(const RunLimits& limits, MNN::Interpreter& interpreter, const MNN::Session* session);

// runSession; where something may end it, with a look between any two operators, which Session_Debug allows.
// Throws what RunWatch throws, and what expectSuccess does.
void runWatched(const MNN::Interpreter& interpreter, MNN::Session* session, const RunLimits& limits,
                const int32_t* cancelled);

} // namespace twinfer::mnn
