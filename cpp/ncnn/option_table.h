#pragma once

#include <ncnn/option.h>

#include "../runner/runner.h"

namespace twinfer {

// Every public field of ncnn::Option in this version that is not a pointer, under ncnn's own name.
Options readOptions(const ncnn::Option& option);

// Throws TWINFER_INVALID_OPTION for a name ncnn does not have or a value of the wrong type.
void writeOption(ncnn::Option& option, const std::string& name, const OptionValue& value);

// What a precision word means on ncnn. Throws TWINFER_INVALID_OPTION for an unknown word.
void applyPrecision(ncnn::Option& option, const std::string& precision);

} // namespace twinfer
