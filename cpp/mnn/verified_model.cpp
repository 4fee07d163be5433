#include "verified_model.h"

#include <filesystem>
#include <limits>

#include "../format/mnn/model_verifier.h"
#include "../model_file.h"

namespace twinfer::mnn {

VerifiedModel verifyModel(const ModelFile& file, const std::string& weightFile) {
    VerifiedModel model;
    model.bytes = readAll(file, std::numeric_limits<int32_t>::max()); // H11
    model.weightFile = weightFile;
    if (weightFile.empty() && !file.bytes) model.weightFile = file.path + ".weight";
    std::error_code absent;
    uint64_t weights = 0;
    if (!model.weightFile.empty()) {
        weights = std::filesystem::file_size(std::filesystem::u8path(model.weightFile), absent);
    }
    verifyMnnModel(model.bytes->data(), model.bytes->size(), absent ? 0 : weights);
    model.facts = readFacts(model.bytes->data());
    return model;
}

} // namespace twinfer::mnn
