#pragma once

#include <memory>
#include <string>

#include "../format/mnn/model_facts.h"

namespace twinfer::mnn {

struct VerifiedModel {
    std::shared_ptr<const std::string> bytes;
    std::string weightFile; // of external weights; "" when the model came from memory and none was named
    ModelFacts facts;
};

// Reads and verifies. External weights are looked for in `weightFile`, or where MNN does by default:
// "<path>.weight". Throws what readAll and verifyMnnModel throw.
VerifiedModel verifyModel(const ModelFile& file, const std::string& weightFile = {});

} // namespace twinfer::mnn
