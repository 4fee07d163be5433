#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../../runner/run_watch.h"
#include "../../tensor/shape.h"

namespace twinfer::mnn {

// The operator at which sizing a model ended, as the guard around MNN's own code saw it.
struct SizingFailure {
    std::string name; // "" where it has none
    std::string type;
    std::string why; // "" where MNN gave no reason but its log lines
    std::vector<Shape> inputs;
    bool beyondLimits = false; // it asks for more than the run may take
};

// While this lives, nothing that MNN sizes on this thread may be larger. They nest.
class SizingLimits {
  public:
    explicit SizingLimits(const RunLimits& limits);
    ~SizingLimits();
    SizingLimits(const SizingLimits&) = delete;
    SizingLimits& operator=(const SizingLimits&) = delete;

  private:
    const RunLimits* const before_;
};

// Of this thread, since the last call. MNN sizes on the thread that asks it to.
std::optional<SizingFailure> takeSizingFailure();
bool hasSizingFailure();
// For what MNN computes without sizing it.
void recordSizingFailure(SizingFailure found);

// "layer 'y' (Convolution): gets 1 channels and has weights for 3, behind 'Permute3'". `behind` is the name
// of the operator that makes its first input, or "".
std::string textOf(const SizingFailure& failure, const std::string& behind);

} // namespace twinfer::mnn
