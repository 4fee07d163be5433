#include "nearest_names.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace twinfer::mnn {

namespace {

size_t distance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t(0));
    for (size_t i = 1; i <= a.size(); i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); j++) {
            const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

} // namespace

std::string nearestNames(const std::string& name, std::vector<std::string> names, size_t most) {
    // A name that holds the given text beats one that is merely as short: winograd, winogradMemoryLevel.
    const auto rank = [&](const std::string& candidate) {
        return std::make_pair(candidate.find(name) == std::string::npos, distance(name, candidate));
    };
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    std::string text;
    for (size_t i = 0; i < std::min(most, names.size()); i++) text += (i == 0 ? "" : ", ") + names[i];
    return text;
}

} // namespace twinfer::mnn
