#pragma once

#include <memory>

#include "../runner/runner.h"

namespace twinfer {

// Loads a text or binary .param with its .bin. Throws Error when either is damaged, before ncnn could
// crash on it.
std::shared_ptr<Runner> openNcnn(const ModelFile& param, const ModelFile& weights,
                                 const RunnerOptions& options);

} // namespace twinfer
