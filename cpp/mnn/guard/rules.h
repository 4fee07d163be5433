#pragma once

#include "sizing.h"

namespace twinfer::mnn {

// What MNN 3.6.1 takes for granted of one type of operator: collected from its source/shape, source/geometry
// and source/backend/cpu, which look at none of it and read, write or divide on.
using Rule = void (*)(const Sizing&);

struct RuleOf {
    MNN::OpType type;
    Rule rule;
};

// Each file of rules gives its own.
extern const std::vector<RuleOf> kAxisRules;
extern const std::vector<RuleOf> kShapeRules;
extern const std::vector<RuleOf> kConvolutionRules;
extern const std::vector<RuleOf> kWindowRules;
extern const std::vector<RuleOf> kIndexRules;
extern const std::vector<RuleOf> kRecurrentRules;
extern const std::vector<RuleOf> kDetectionRules;
extern const std::vector<RuleOf> kArrayRules;
extern const std::vector<RuleOf> kElementwiseRules;

// Whether its kernels read 32-bit values whatever its inputs are. Of smaller integers they would read four
// times as many bytes as there are.
bool readsWholeWords(MNN::OpType type);

// Whether it may have several outputs. Of others MNN sizes the first, and leaves the rest as they were made.
bool makesSeveral(MNN::OpType type);

// nullptr where nothing beyond the bounds of every tensor is taken for granted.
Rule ruleToSize(MNN::OpType type);

} // namespace twinfer::mnn
