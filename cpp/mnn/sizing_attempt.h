#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../format/mnn/model_facts.h"
#include "../log/log.h"
#include "guard/sizing_failure.h"

namespace twinfer::mnn {

struct GivenInput {
    const TensorSpec* spec;
    Shape shape;
};

// MNN sizing a model, from its construction on: what goes wrong meanwhile on this thread is told by name.
class SizingAttempt {
  public:
    SizingAttempt() { takeSizingFailure(); }
    ~SizingAttempt();
    SizingAttempt(const SizingAttempt&) = delete;
    SizingAttempt& operator=(const SizingAttempt&) = delete;

    // TWINFER_MODEL_INVALID where the shapes are those that the file declares, which it cannot run then;
    // TWINFER_SHAPE_MISMATCH where they are not; TWINFER_OUT_OF_MEMORY or TWINFER_ENGINE_FAILED where no
    // layer was at fault.
    [[noreturn]] void refuse(const ModelFacts& facts, const std::vector<GivenInput>& given, bool memory);
    // What the inputs hold may be sizes as well, such as those of a Reshape.
    void sizesByValues() { byValues_ = true; }

  private:
    void forward(const std::string& layer);

    bool byValues_ = false;
    std::optional<LogCapture> capture_{std::in_place};
};

} // namespace twinfer::mnn
