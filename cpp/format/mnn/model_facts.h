#pragma once

#include <string>
#include <vector>

#include "../../runner/runner.h"

namespace twinfer::mnn {

// What a verified .mnn says about itself. Read once from the bytes: asking the Interpreter for its
// version after releaseModel() is a use after free (H12).
struct ModelFacts {
    std::vector<TensorSpec> inputs; // of the Input operators, in the file's order; dtype as MNN maps it
    std::vector<std::string> outputs;
    std::vector<std::string> tensorNames;
    std::vector<bool> tensorsMade; // for each of them, whether an operator makes it
    std::vector<std::string> operatorNames;
    std::vector<std::string> operatorSources; // for each name, the operator that makes its first input, or ""
    std::string version; // of the converter; "<2.0.0" when the file has none, as MNN says
    std::string uuid;
    std::string bizCode;
    bool packedInput = false;     // an input in NC4HW4, which only old converters write
    bool needsModule = false;     // operators that a Session refuses or cannot size
    std::string moduleReason;     // the first such operator
    bool int8Activations = false; // quantised by MNN's offline tool: runs in int8 whatever is asked
    bool winograd = false;        // a convolution that MNN may run with Winograd's algorithm
    bool int8Weights = false;     // compressed weights: int8 arithmetic only with memory: low
};

ModelFacts readFacts(const void* data);

} // namespace twinfer::mnn
