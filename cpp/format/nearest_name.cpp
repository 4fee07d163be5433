#include "nearest_name.h"

#include <algorithm>
#include <numeric>

namespace twinfer {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

size_t spellingDistance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t(0));
    for (size_t i = 1; i <= a.size(); i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); j++) {
            const size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

std::string nearestName(const std::string& wanted, const std::vector<std::string>& candidates) {
    const std::string* best = nullptr;
    size_t least = 0;
    for (const std::string& candidate : candidates) {
        // Names that differ much in length cannot be nearer than that.
        const size_t longer = std::max(candidate.size(), wanted.size());
        const size_t spread = longer - std::min(candidate.size(), wanted.size());
        if (best != nullptr && spread >= least) continue;
        const size_t changes = spellingDistance(wanted, candidate);
        if (best != nullptr && changes >= least) continue;
        best = &candidate;
        least = changes;
    }
    const bool like = best != nullptr && 2 * least <= std::max(wanted.size(), best->size());
    return like ? *best : std::string();
}

} // namespace twinfer
