#include "open_model.h"

#include "error.h"
#include "mnn/open_mnn.h"
#include "ncnn/open_ncnn.h"

namespace twinfer {

namespace {

std::shared_ptr<Runner> open(const ModelRequest& request, const RunnerOptions& options) {
    return request.engine == Engine::ncnn ? openNcnn(request.model, request.weights, options)
                                          : openMnn(request.model, options);
}

} // namespace

std::shared_ptr<Runner> openModel(const ModelRequest& request) {
    if (request.options.device != "auto") return open(request, request.options);
    RunnerOptions decided = request.options;
    decided.device = "vulkan";
    try {
        return open(request, decided);
    } catch (const Error& refusal) {
        if (refusal.code() != "TWINFER_DEVICE_UNAVAILABLE") throw;
        decided.device = "cpu";
        decided.notes.push_back(std::string("requested device auto → active cpu: ") + refusal.what());
    }
    return open(request, decided);
}

} // namespace twinfer
