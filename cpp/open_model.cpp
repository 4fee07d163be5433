#include "open_model.h"

#include "error.h"
#include "mnn/open_mnn.h"
#include "ncnn/open_ncnn.h"

namespace twinfer {

namespace {

std::shared_ptr<Runner> open(Engine engine, const ModelFile& model, const ModelFile& weights,
                             const RunnerOptions& options) {
    return engine == Engine::ncnn ? openNcnn(model, weights, options) : openMnn(model, options);
}

} // namespace

std::shared_ptr<Runner> openModel(Engine engine, const ModelFile& model, const ModelFile& weights,
                                  const RunnerOptions& options) {
    if (options.device != "auto") return open(engine, model, weights, options);
    RunnerOptions decided = options;
    decided.device = "vulkan";
    try {
        return open(engine, model, weights, decided);
    } catch (const Error& refusal) {
        if (refusal.code() != "TWINFER_DEVICE_UNAVAILABLE") throw;
        decided.device = "cpu";
        decided.notes.push_back(std::string("requested device auto → active cpu: ") + refusal.what());
    }
    return open(engine, model, weights, decided);
}

} // namespace twinfer
