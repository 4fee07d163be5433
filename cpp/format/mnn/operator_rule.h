#pragma once

#include "MNN_generated.h"

namespace twinfer::mnn {

// What MNN 3.6.1 takes for granted about an operator: its shape, geometry and CPU code read inputs[n]
// and op->main_as_…()-> without looking (collected from source/shape, source/geometry
// and source/backend/cpu). A type without a rule has no CPU code in this version.
struct OperatorRule {
    MNN::OpType type;
    unsigned leastInputs;
    MNN::OpParameter parameter; // NONE: of any kind
    MNN::OpParameter other;     // a second kind that is fine as well
    bool optional;              // it may have no parameters at all
};

const OperatorRule* ruleFor(MNN::OpType type);

} // namespace twinfer::mnn
