#include "rules.h"

#include <array>

namespace twinfer::mnn {

Rule ruleToSize(MNN::OpType type) {
    static const std::vector<Rule> table = [] {
        std::vector<Rule> rules(MNN::OpType_MAX + 1, nullptr);
        for (const auto* file : {&kAxisRules, &kShapeRules, &kConvolutionRules, &kWindowRules, &kIndexRules,
                                 &kRecurrentRules, &kDetectionRules, &kArrayRules, &kElementwiseRules}) {
            for (const RuleOf& entry : *file) rules[entry.type] = entry.rule;
        }
        return rules;
    }();
    return type < 0 || type > MNN::OpType_MAX ? nullptr : table[type];
}

} // namespace twinfer::mnn
