#pragma once

#include <string>
#include <vector>

namespace twinfer::mnn {

// "memory, memAllocatorType": the `most` names with the smallest Levenshtein distance, nearest first.
std::string nearestNames(const std::string& name, std::vector<std::string> names, size_t most);

} // namespace twinfer::mnn
