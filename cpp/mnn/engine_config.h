#pragma once

#include <string>
#include <utility>
#include <vector>

#include <MNN/Interpreter.hpp>

#include "../format/mnn/model_facts.h"
#include "../runner/runner.h"

namespace twinfer::mnn {

// Everything MNN is told before a session exists. `backend` must outlive the session, which keeps
// a raw pointer to it.
struct EngineConfig {
    MNNForwardType type = MNN_FORWARD_CPU;
    MNNForwardType backupType = MNN_FORWARD_CPU;
    int threads = 1;
    bool choosesThreads = false; // nobody said how many: `threads` are then all that there are cores for
    int gpu = 0;                 // index into gpus()
    int gpuMode = MNN_GPU_TUNING_WIDE;
    std::string cacheFile; // of the GPU's tuning; "" for none
    MNN::BackendConfig backend;
    std::vector<std::pair<MNN::Interpreter::HintMode, int>> hints;
    std::vector<int> cores; // CPU_CORE_IDS, the one hint that is a list
    std::vector<std::string> notes;

    // Points into this object.
    MNN::ScheduleConfig schedule();
    // Whether its threads are held to some of the cores.
    bool isBound() const { return !cores.empty() || backend.power != MNN::BackendConfig::Power_Normal; }
};

// What RunnerOptions mean on MNN. Throws TWINFER_INVALID_OPTION for a precision word, a device or an
// engine option that does not exist, or a value that does not fit it.
EngineConfig configFor(const RunnerOptions& options, const ModelFacts& facts);

} // namespace twinfer::mnn
