#include "open_mnn.h"

#include "../error.h"
#include "module_runner.h"
#include "session_runner.h"

namespace twinfer {

using namespace mnn;

namespace {

// Some models reveal only while a Session is made that it cannot run them.
std::shared_ptr<Runner> openSession(const VerifiedModel& model, const RunnerOptions& options) {
    try {
        return std::make_shared<MnnSessionRunner>(model, options);
    } catch (const Error& refusal) {
        if (refusal.code() != "TWINFER_MODEL_UNSUPPORTED") throw;
        return std::make_shared<MnnModuleRunner>(
            model, options, "runs as a Module: its shapes depend on the values of its inputs");
    }
}

} // namespace

std::shared_ptr<Runner> openMnn(const ModelFile& file, const RunnerOptions& options) {
    const VerifiedModel model = verifyModel(file);
    if (!model.facts.needsModule) return openSession(model, options);
    return std::make_shared<MnnModuleRunner>(model, options,
                                             "runs as a Module: a Session cannot run its control flow (" +
                                                 model.facts.moduleReason + ")");
}

} // namespace twinfer
