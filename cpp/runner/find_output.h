#pragma once

#include "runner.h"

namespace twinfer {

// Runner::findOutput: `tensors` are numbered behind the outputs. The first of several with one name.
int findOutput(const std::vector<TensorSpec>& outputs, const std::vector<std::string>& tensors,
               const std::string& name);

} // namespace twinfer
