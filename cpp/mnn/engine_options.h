#pragma once

#include <string>

#include "engine_config.h"

namespace twinfer::mnn {

// One of MNN's own switches: memory, power, precision, numThread, backupType, flags, gpuMode, and every
// hint, either as Interpreter.hpp spells it (WINOGRAD_MEMORY_LEVEL) or as JavaScript does
// (winogradMemoryLevel). Throws TWINFER_INVALID_OPTION and names the nearest ones.
void writeOption(EngineConfig& config, const std::string& name, const OptionValue& value);

// Throws TWINFER_INVALID_ARGUMENT for a hint, by its value, that MNN does not have or a value beyond its
// bounds.
void checkHint(int hint, const std::vector<int>& values);

// All of them with the values that hold.
Options readOptions(const EngineConfig& config);

} // namespace twinfer::mnn
