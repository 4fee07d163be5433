#include "nearest_names.h"

#include <algorithm>
#include <utility>

#include "../format/nearest_name.h"

namespace twinfer::mnn {

std::string nearestNames(const std::string& name, std::vector<std::string> names, size_t most) {
    // A name that holds the given text beats one that is merely as short: winograd, winogradMemoryLevel.
    const auto rank = [&](const std::string& candidate) {
        return std::make_pair(candidate.find(name) == std::string::npos, spellingDistance(name, candidate));
    };
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    std::string text;
    for (size_t i = 0; i < std::min(most, names.size()); i++) text += (i == 0 ? "" : ", ") + names[i];
    return text;
}

} // namespace twinfer::mnn
