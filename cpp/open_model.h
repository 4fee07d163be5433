#pragma once

#include <memory>

#include "runner/runner.h"

namespace twinfer {

enum class Engine { ncnn, mnn };

// Loads a model on an engine; `weights` is ncnn's .bin. Device 'auto' is decided here: it tries Vulkan, and
// where there is none falls back to the CPU and says so in effective().notes.
std::shared_ptr<Runner> openModel(Engine engine, const ModelFile& model, const ModelFile& weights,
                                  const RunnerOptions& options);

} // namespace twinfer
