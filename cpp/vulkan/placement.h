#pragma once

#include <map>
#include <string>

namespace twinfer {

// Where the layers of a model run that was asked to run on a GPU: both engines send what their Vulkan
// backend has no kernel for to the CPU, without a word.
struct Placement {
    int total = 0;
    std::map<std::string, int> onCpu; // layer type → how many

    void add(const std::string& type, bool cpu);

    // "3 of 70 layers run on the CPU (GELU 2, Embed 1): …", or "" where all are on the GPU.
    std::string note(const char* engine) const;
};

} // namespace twinfer
