#include "open_mnn.h"

#include "../error.h"
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
    if (!model.facts.needsModule) return openSession(model, options);
    return std::make_shared<MnnModuleRunner>(model, options,
                                             "runs as a Module: a Session cannot run its control flow (" +
                                                 model.facts.moduleReason + ")");
}

} // namespace twinfer
