#pragma once

#include <memory>

#include "../runner/runner.h"

namespace twinfer {

// Verifies and loads an .mnn. A Session runs it where it can; a Module where the model has control flow
// or shapes that depend on values, and effective() says so.
std::shared_ptr<Runner> openMnn(const ModelFile& model, const RunnerOptions& options);

} // namespace twinfer
