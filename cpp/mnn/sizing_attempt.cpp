#include "sizing_attempt.h"

#include <algorithm>

#include "../error.h"

namespace twinfer::mnn {

namespace {

std::string behind(const ModelFacts& facts, const std::string& name) {
    const auto found = std::find(facts.operatorNames.begin(), facts.operatorNames.end(), name);
    if (name.empty() || found == facts.operatorNames.end()) return {};
    return facts.operatorSources[static_cast<size_t>(found - facts.operatorNames.begin())];
}

bool mayHoldSizes(const std::vector<GivenInput>& given) {
    return std::any_of(given.begin(), given.end(), [](const GivenInput& input) {
        return input.spec->dtype != DType::float32 || input.shape.size() < 2;
    });
}

std::string describe(const std::vector<GivenInput>& given, bool declared) {
    std::string text;
    for (const GivenInput& input : given)
        text += " " + input.spec->name + toString(declared ? input.spec->shape : input.shape);
    return text;
}

} // namespace

SizingAttempt::~SizingAttempt() {
    forward({});
}

// To whoever captures around this, but for the line that only repeats the layer's name.
void SizingAttempt::forward(const std::string& layer) {
    if (!capture_) return;
    const std::vector<LogLine> lines = capture_->take();
    capture_.reset();
    for (const LogLine& line : lines) {
        const bool repeats = !layer.empty() && line.text.find("Compute Shape Error for") != std::string::npos;
        if (!repeats) logLine(line.engine, line.level, line.text);
    }
}

void SizingAttempt::refuse(const ModelFacts& facts, const std::vector<GivenInput>& given, bool memory) {
    const std::optional<SizingFailure> failure = takeSizingFailure();
    forward(failure ? failure->name : std::string());
    if (!failure) {
        throw Error(memory ? "TWINFER_OUT_OF_MEMORY" : "TWINFER_ENGINE_FAILED",
                    std::string("MNN could not ") + (memory ? "get the memory that" : "size") +
                        " the model " + (memory ? "needs " : "") + "for inputs" + describe(given, false));
    }
    const std::string layer = textOf(*failure, behind(facts, failure->name));
    if (failure->beyondLimits) throw Error("TWINFER_LIMIT_EXCEEDED", layer, kRaiseLimits);
    const bool own = std::all_of(given.begin(), given.end(), [](const GivenInput& input) {
        return input.spec->shapeKnown && input.spec->shape == input.shape;
    });
    if (own && !(byValues_ && mayHoldSizes(given))) {
        const std::string shapes = given.empty() ? std::string()
                                                 : " with the shapes that it declares itself (" +
                                                       describe(given, false).substr(1) + ")";
        throw Error(
            "TWINFER_MODEL_INVALID", "the model cannot run" + shapes + ": " + layer,
            "The file is at fault, not the input: a converter wrote it so, or it is damaged. Convert the "
            "original again, with another version of the converter if it stays so.");
    }
    throw Error(
        "TWINFER_SHAPE_MISMATCH", "the model cannot run with inputs" + describe(given, false) + ": " + layer,
        "The file declares" + describe(given, true) +
            ". Where it leaves a size open, or takes one from the values of an input, not every size need "
            "fit.");
}

} // namespace twinfer::mnn
