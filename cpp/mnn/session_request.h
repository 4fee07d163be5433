#pragma once

#include <string>
#include <vector>

#include "engine_config.h"

namespace twinfer::mnn {

// A ScheduleConfig, with the BackendConfig that it points to.
struct SessionRequest {
    EngineConfig config;
    std::vector<std::string> saveTensors; // further outputs, by tensor name
    std::vector<std::string> pathInputs;
    std::vector<std::string> pathOutputs;
    bool pathByTensor = false; // path names are tensors, not operators

    MNN::ScheduleConfig schedule();
};

} // namespace twinfer::mnn
