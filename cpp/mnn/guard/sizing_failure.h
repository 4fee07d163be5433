#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../../tensor/shape.h"

namespace twinfer::mnn {

// The operator at which sizing a model ended, as the guard around MNN's own code saw it.
struct SizingFailure {
    std::string name; // "" where it has none
    std::string type;
    std::string why; // "" where MNN gave no reason but its log lines
    std::vector<Shape> inputs;
};

// Of this thread, since the last call. MNN sizes on the thread that asks it to.
std::optional<SizingFailure> takeSizingFailure();
bool hasSizingFailure();

// "layer 'y' (Convolution): gets 1 channels and has weights for 3, behind 'Permute3'". `behind` is the name
// of the operator that makes its first input, or "".
std::string textOf(const SizingFailure& failure, const std::string& behind);

} // namespace twinfer::mnn
