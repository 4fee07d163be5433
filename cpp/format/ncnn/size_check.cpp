#include "size_check.h"

#include <unordered_map>

#include "size_checker.h"

namespace twinfer {

namespace {

using Rules = std::unordered_map<std::string, void (*)(const SizeChecker&)>;

const Rules& rules() {
    static const Rules all = [] {
        Rules collected;
        for (const auto family : {weightSizeRules, plainSizeRules}) {
            for (const SizeRule& rule : family()) collected.emplace(rule.type, rule.check);
        }
        return collected;
    }();
    return all;
}

} // namespace

void checkSizes(const ParamFile& file, const ParamLayer& layer, Findings& findings) {
    const auto rule = rules().find(layer.type);
    if (rule != rules().end()) rule->second(SizeChecker(file, layer, findings));
}

} // namespace twinfer
