#pragma once

#include <ncnn/option.h>

#include "../runner/runner.h"

namespace twinfer {

// ncnn's Option, and what this project adds to it.
struct NetOption : ncnn::Option {
    bool kernels = true; // layers of cpp/ncnn/kernels in place of ncnn's own, where they are faster
};

// Every public field of ncnn::Option in this version that is not a pointer, under ncnn's own name, and those
// that were added.
Options readOptions(const NetOption& option);

// Throws TWINFER_INVALID_OPTION for a name ncnn does not have or a value of the wrong type.
void writeOption(NetOption& option, const std::string& name, const OptionValue& value);

// What a precision word means on ncnn. Throws TWINFER_INVALID_OPTION for an unknown word.
void applyPrecision(ncnn::Option& option, const std::string& precision);

} // namespace twinfer
