#pragma once

#include <memory>
#include <string>

#include <MNN/Interpreter.hpp>

#include "engine_config.h"

namespace twinfer::mnn {

struct DestroyInterpreter {
    void operator()(MNN::Interpreter* interpreter) const { MNN::Interpreter::destroy(interpreter); }
};
using InterpreterOwner = std::unique_ptr<MNN::Interpreter, DestroyInterpreter>;

// From verified bytes, with the file of its external weights or "". Throws TWINFER_MODEL_INVALID.
InterpreterOwner createInterpreter(const std::string& bytes, const std::string& weightFile);

// Throws TWINFER_MODEL_UNSUPPORTED when only a Module can run the model, TWINFER_ENGINE_FAILED otherwise.
MNN::Session* makeSession(MNN::Interpreter& interpreter, const MNN::ScheduleConfig& schedule,
                          const MNN::RuntimeInfo& runtime);

void applyHints(MNN::Interpreter& interpreter, const EngineConfig& config);

// A runtime of its own. Throws TWINFER_DEVICE_UNAVAILABLE when the backend asked for does not start:
// MNN would go on with the CPU.
MNN::RuntimeInfo createRuntime(EngineConfig& config);

} // namespace twinfer::mnn
