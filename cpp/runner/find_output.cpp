#include "find_output.h"

#include <algorithm>

namespace twinfer {

int findOutput(const std::vector<TensorSpec>& outputs, const std::vector<std::string>& tensors,
               const std::string& name) {
    for (size_t i = 0; i < outputs.size(); i++) {
        if (outputs[i].name == name) return int(i);
    }
    const auto found = std::find(tensors.begin(), tensors.end(), name);
    return found == tensors.end() ? -1 : int(outputs.size() + size_t(found - tensors.begin()));
}

} // namespace twinfer
