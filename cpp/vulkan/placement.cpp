#include "placement.h"

namespace twinfer {

void Placement::add(const std::string& type, bool cpu) {
    total++;
    if (cpu) onCpu[type]++;
}

std::string Placement::note(const char* engine) const {
    int count = 0;
    std::string types;
    for (const auto& [type, times] : onCpu) {
        count += times;
        types += (types.empty() ? "" : ", ") + type + " " + std::to_string(times);
    }
    if (count == 0) return "";
    return std::to_string(count) + " of " + std::to_string(total) + " layers run on the CPU (" + types +
           "), with copies from and to the GPU around them: " + engine + " does not run them on Vulkan";
}

} // namespace twinfer
