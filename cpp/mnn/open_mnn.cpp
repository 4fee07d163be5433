#include "open_mnn.h"

#include <filesystem>
#include <limits>

#include "../error.h"
#include "../model_file.h"
#include "model_verifier.h"
#include "module_runner.h"
#include "session_runner.h"

namespace twinfer {

namespace {

struct VerifiedModel {
    std::shared_ptr<const std::string> bytes;
    std::string path;
    mnn::ModelFacts facts;
};

VerifiedModel verify(const ModelFile& file) {
    VerifiedModel model;
    model.bytes = readAll(file, std::numeric_limits<int32_t>::max()); // H11
    model.path = file.bytes ? "" : file.path;
    std::error_code absent;
    const auto weights =
        model.path.empty() ? 0 : std::filesystem::file_size(std::filesystem::u8path(model.path + ".weight"), absent);
    verifyMnnModel(model.bytes->data(), model.bytes->size(), absent ? 0 : weights);
    model.facts = mnn::readFacts(model.bytes->data());
    return model;
}

std::shared_ptr<Runner> openModule(const VerifiedModel& model, const RunnerOptions& options, const std::string& why) {
    return std::make_shared<MnnModuleRunner>(model.bytes, model.path, model.facts, options, why);
}

// Some models reveal only while a Session is made, or sized, that it cannot run them.
std::shared_ptr<Runner> openSession(const VerifiedModel& model, const RunnerOptions& options) {
    try {
        return std::make_shared<MnnSessionRunner>(model.bytes, model.path, model.facts, options);
    } catch (const Error& refusal) {
        if (refusal.code() != "TWINFER_MODEL_UNSUPPORTED") throw;
        return openModule(model, options, "runs as a Module: its shapes depend on the values of its inputs");
    }
}

} // namespace

std::shared_ptr<Runner> openMnn(const ModelFile& file, const RunnerOptions& options) {
    const VerifiedModel model = verify(file);
    if (!model.facts.needsModule) return openSession(model, options);
    return openModule(model, options,
                      "runs as a Module: a Session cannot run its control flow (" + model.facts.moduleReason + ")");
}

} // namespace twinfer
