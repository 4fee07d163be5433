#pragma once

#include <string>
#include <vector>

namespace twinfer {

// Levenshtein's distance without regard to the case of ASCII letters.
size_t spellingDistance(const std::string& a, const std::string& b);

// The candidate that is most like `wanted`, empty where more than half of it would have to change.
std::string nearestName(const std::string& wanted, const std::vector<std::string>& candidates);

} // namespace twinfer
