#include "checked_input.h"

#include <algorithm>

#include "../error.h"
#include "nearest_names.h"

namespace twinfer::mnn {

namespace {

constexpr size_t kMostDimensions = 8; // MNN writes into an array of 9 without looking (H10)

void expectShape(const TensorSpec& spec, const Shape& received, Fit fit, const char* what) {
    if (received.size() > kMostDimensions) {
        throw Error("TWINFER_SHAPE_MISMATCH", std::string(what) + " '" + spec.name +
                                                  "': expected at most 8 dimensions, received " +
                                                  toString(received));
    }
    const bool fits = fit == Fit::exact ? matches(spec.shape, received) : mayRunWith(spec, received);
    if (!spec.shapeKnown || fits) return;
    throw Error(
        "TWINFER_SHAPE_MISMATCH",
        std::string(what) + " '" + spec.name + "': expected shape " + toString(spec.shape) + ", received " +
            toString(received),
        fit == Fit::exact
            ? ""
            : "The batch and the sizes beside the channels may differ; the number of dimensions and an "
              "image's channels may not.");
}

} // namespace

bool sameBytes(DType expected, DType received) {
    return carrierOf(expected) == carrierOf(received);
}

bool isOpen(const Shape& shape) {
    return std::any_of(shape.begin(), shape.end(), [](int dimension) { return dimension < 0; });
}

bool mayRunWith(const TensorSpec& declared, const Shape& received) {
    if (declared.shape.size() != received.size()) return false;
    const size_t rank = received.size();
    // Of fewer dimensions than an image's any may be the length of a sequence; what a layer cannot take, the
    // guard around MNN's sizing refuses by that layer's name.
    const size_t channels = rank < 4 ? rank : declared.layout == Layout::NHWC ? rank - 1 : 1;
    if (channels >= rank) return true;
    return declared.shape[channels] == kAny || declared.shape[channels] == received[channels];
}

void checkInput(const TensorSpec& spec, const InputView& input, Fit fit) {
    if (!sameBytes(spec.dtype, input.dtype)) {
        throw Error("TWINFER_DTYPE_MISMATCH",
                    "input '" + spec.name + "': expected " + nameOf(spec.dtype) + ", received " +
                        nameOf(input.dtype),
                    conversionHelp(spec.dtype));
    }
    expectShape(spec, input.shape, fit, "input");
    const auto bytes = static_cast<size_t>(elementsOf(input.shape)) * bytesOf(spec.dtype);
    if (bytes != input.bytes) {
        throw Error("TWINFER_LENGTH_MISMATCH",
                    "input '" + spec.name + "': expected " + std::to_string(bytes) + " bytes for shape " +
                        toString(input.shape) + ", received " + std::to_string(input.bytes));
    }
    if (bytes == 0) {
        // MNN "runs" these and leaves its outputs as they were.
        throw Error("TWINFER_SHAPE_MISMATCH", "input '" + spec.name +
                                                  "': expected at least one element, received " +
                                                  toString(input.shape));
    }
}

void checkRequest(const RunRequest& request, const std::vector<TensorSpec>& inputs, size_t outputs) {
    if (request.inputs.size() != inputs.size()) {
        throw Error("TWINFER_MISSING_INPUT", "expected " + std::to_string(inputs.size()) +
                                                 " inputs, received " +
                                                 std::to_string(request.inputs.size()));
    }
    for (const int index : request.outputs) {
        if (index < 0 || static_cast<size_t>(index) >= outputs) {
            throw Error("TWINFER_UNKNOWN_OUTPUT", "expected an output from 0 to " +
                                                      std::to_string(outputs - 1) + ", received " +
                                                      std::to_string(index));
        }
    }
    if (!request.destinations.empty() && request.destinations.size() != request.outputs.size()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    "expected a destination for each of " + std::to_string(request.outputs.size()) +
                        " outputs, received " + std::to_string(request.destinations.size()));
    }
}

TensorSpec givenSpec(const TensorSpec& spec, const RunnerOptions& options) {
    TensorSpec given = spec;
    for (const auto& [name, shape] : options.inputShapes) {
        if (name != spec.name) continue;
        elementsOf(shape);
        expectShape(spec, shape, Fit::sized, "inputShapes of");
        given.shape = shape;
        given.shapeKnown = true;
    }
    return given;
}

void checkAsGiven(const TensorSpec& given, const RunnerOptions& options, const Shape& received) {
    const auto isIt = [&](const auto& named) { return named.first == given.name; };
    if (std::none_of(options.inputShapes.begin(), options.inputShapes.end(), isIt)) return;
    const bool fits =
        received.size() == given.shape.size() &&
        (received.empty() || std::equal(given.shape.begin() + 1, given.shape.end(), received.begin() + 1));
    if (fits) return;
    throw Error("TWINFER_SHAPE_MISMATCH",
                "input '" + given.name + "': expected " + toString(given.shape) +
                    " as inputShapes says, received " + toString(received),
                "Only the batch, the first size, may be another.");
}

Shape initialShape(const TensorSpec& spec, const RunnerOptions& options) {
    Shape shape = givenSpec(spec, options).shape;
    if (!shape.empty() && shape[0] == kAny) shape[0] = 1;
    return shape;
}

void checkInputShapes(const RunnerOptions& options, const std::vector<TensorSpec>& inputs) {
    std::vector<std::string> names;
    for (const TensorSpec& input : inputs) names.push_back(input.name);
    for (const auto& given : options.inputShapes) {
        if (std::find(names.begin(), names.end(), given.first) != names.end()) continue;
        throw Error("TWINFER_UNKNOWN_INPUT", "inputShapes: expected the name of an input (" +
                                                 nearestNames(given.first, names, names.size()) +
                                                 "), received '" + given.first + "'");
    }
}

} // namespace twinfer::mnn
