#pragma once

#include "engine_config.h"
#include "engine_options.h"

namespace twinfer::mnn {

// What a loaded model can say about how it runs.
struct RunningBackend {
    int type = MNN_FORWARD_CPU; // 13 is the CPU with AVX2, AVX-512 or ARM82 kernels
    int threads = 1;            // after the process-wide pool's cap
};

Effective describeMnn(const EngineConfig& config, const ModelFacts& facts, const RunnerOptions& requested,
                      const RunningBackend& running, const char* path);

} // namespace twinfer::mnn
