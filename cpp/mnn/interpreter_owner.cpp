#include "interpreter_owner.h"

#include "../error.h"
#include "../log/log.h"
#include "../vulkan/device_choice.h"
#include "vulkan_devices.h"

namespace twinfer::mnn {

InterpreterOwner createInterpreter(const std::string& bytes, const std::string& weightFile) {
    InterpreterOwner interpreter(MNN::Interpreter::createFromBuffer(bytes.data(), bytes.size()));
    if (interpreter == nullptr) {
        throw Error("TWINFER_MODEL_INVALID", "MNN refused the model", "Convert it again with MNN 3.6.1.");
    }
    if (!weightFile.empty()) interpreter->setExternalFile(weightFile.c_str());
    return interpreter;
}

// A null session has two reasons, and only the log tells them apart: shapes that depend on values,
// which a Module can run (Interpreter.cpp:283), and everything else.
MNN::Session* makeSession(MNN::Interpreter& interpreter, const MNN::ScheduleConfig& schedule,
                          const MNN::RuntimeInfo& runtime) {
    std::vector<LogLine> lines;
    MNN::Session* session;
    {
        LogCapture capture;
        session = interpreter.createSession(schedule, runtime);
        lines = capture.take();
    }
    bool wantsModule = false;
    for (const LogLine& line : lines) {
        logLine(line.engine, line.level, line.text);
        wantsModule |= line.text.find("module api") != std::string::npos;
    }
    if (session != nullptr) return session;
    throw Error(wantsModule ? "TWINFER_MODEL_UNSUPPORTED" : "TWINFER_ENGINE_FAILED",
                "MNN could not make a session for this model",
                wantsModule ? "Its shapes depend on the values of its inputs: use Module." : "");
}

void applyHints(MNN::Interpreter& interpreter, const EngineConfig& config) {
    for (const auto& [hint, value] : config.hints) interpreter.setSessionHint(hint, value);
    if (!config.cores.empty()) {
        std::vector<int> cores = config.cores;
        interpreter.setSessionHint(MNN::Interpreter::CPU_CORE_IDS, cores.data(), cores.size());
    }
}

MNN::RuntimeInfo createRuntime(EngineConfig& config) {
    const bool vulkan = config.type == MNN_FORWARD_VULKAN;
    if (vulkan) chooseGpu({true, config.gpu}, gpus(), "MNN");
    const UseVulkanDevice device(config.gpu);
    MNN::RuntimeInfo runtime = MNN::Interpreter::createRuntime({config.schedule()});
    if (runtime.first.count(config.type) == 0) {
        throw Error("TWINFER_DEVICE_UNAVAILABLE",
                    vulkan ? "expected a working Vulkan device, received one that MNN cannot start: " +
                                 gpus()[size_t(config.gpu)].name
                           : "expected a backend that this build of MNN has, received type " +
                                 std::to_string(config.type),
                    "Use device 'cpu', or 'auto' to fall back. `twinfer doctor` shows what there is.");
    }
    return runtime;
}

} // namespace twinfer::mnn
