#include "verified_model.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "../format/mnn/model_verifier.h"
#include "../model_file.h"

namespace twinfer::mnn {

namespace {

WeightFile weightFileAt(const std::string& file) {
    if (file.empty()) return {};
    const auto path = std::filesystem::u8path(file);
    std::error_code absent;
    const uint64_t size = std::filesystem::file_size(path, absent);
    if (absent) return {};
    WeightFile weights(size);
    weights.read = [path, size](uint64_t offset, uint64_t count) {
        std::vector<uint8_t> bytes(offset < size ? std::min(count, size - offset) : 0);
        std::ifstream stream(path, std::ios::binary);
        stream.seekg(std::streamoff(offset));
        stream.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size()));
        bytes.resize(size_t(std::max<std::streamsize>(0, stream.gcount())));
        return bytes;
    };
    return weights;
}

} // namespace

VerifiedModel verifyModel(const ModelFile& file, const std::string& weightFile) {
    VerifiedModel model;
    model.bytes = readAll(file, std::numeric_limits<int32_t>::max()); // H11
    model.weightFile = weightFile;
    if (weightFile.empty() && !file.bytes) model.weightFile = file.path + ".weight";
    verifyMnnModel(model.bytes->data(), model.bytes->size(), weightFileAt(model.weightFile));
    model.facts = readFacts(model.bytes->data());
    return model;
}

} // namespace twinfer::mnn
