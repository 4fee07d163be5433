#pragma once

#include <memory>

#include "runner/runner.h"

namespace twinfer {

enum class Engine { ncnn, mnn };

// A model to be opened, and how.
struct ModelRequest {
    Engine engine;
    ModelFile model;
    ModelFile weights; // ncnn's .bin
    RunnerOptions options;
};

// Loads a model on an engine. Device 'auto' is decided here: it tries Vulkan, and
// where there is none falls back to the CPU and says so in effective().notes.
std::shared_ptr<Runner> openModel(const ModelRequest& request);

} // namespace twinfer
