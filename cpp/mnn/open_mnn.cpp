#include "open_mnn.h"

#include <utility>

#include "../error.h"
#include "../runner/lanes_runner.h"
#include "../vulkan/device_choice.h"
#include "module_runner.h"
#include "session_runner.h"
#include "vulkan_devices.h"

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
    // Before the file is read: device 'auto' falls back on this.
    const DeviceChoice device = parseDevice(options.device);
    if (device.vulkan) chooseGpu(device, gpus(), "MNN");
    const VerifiedModel model = verifyModel(file);
    if (!model.facts.needsModule) {
        const auto open = [&] { return openSession(model, options); };
        if (options.lanes <= 1) return open();
        return std::make_shared<LanesRunner>(
            options.lanes, open,
            std::to_string(options.lanes) +
                " lanes hold the weights as often: MNN locks an Interpreter while it runs");
    }
    const auto first = std::make_shared<MnnModuleRunner>(
        model, options,
        "runs as a Module: a Session cannot run its control flow (" + model.facts.moduleReason + ")");
    if (options.lanes <= 1) return first;
    bool made = false;
    return std::make_shared<LanesRunner>(
        options.lanes,
        [&]() -> std::shared_ptr<Runner> { return std::exchange(made, true) ? first->clone() : first; },
        "the lanes share their weights");
}

} // namespace twinfer
