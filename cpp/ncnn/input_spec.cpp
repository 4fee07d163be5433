#include "input_spec.h"

#include "../error.h"
#include "../format/ncnn/shape_hints.h"

namespace twinfer {

namespace {

const ParamLayer& producerOf(const ParamFile& param, int blob) {
    for (const ParamLayer& layer : param.layers) {
        for (const int top : layer.tops) {
            if (top == blob) return layer;
        }
    }
    throw Error("TWINFER_MODEL_INVALID", "expected a layer that makes input blob " + std::to_string(blob));
}

void requireInput(const Network& network, const std::string& name) {
    std::string names;
    for (const int blob : network.inputBlobs()) {
        const std::string& known = network.param().blobs[blob];
        if (known == name) return;
        names += (names.empty() ? "" : ", ") + known;
    }
    throw Error("TWINFER_UNKNOWN_INPUT",
                "inputShapes: expected the name of an input (" + names + "), received '" + name + "'");
}

} // namespace

std::vector<InputSpec> inputSpecs(const Network& network,
                                  const std::vector<std::pair<std::string, Shape>>& inputShapes) {
    std::vector<InputSpec> specs;
    const ParamFile& param = network.param();
    for (const auto& [name, shape] : inputShapes) requireInput(network, name);
    for (const int blob : network.inputBlobs()) {
        InputSpec spec;
        Shape shape = inputShapeOf(producerOf(param, blob));
        for (const auto& [name, given] : inputShapes) {
            if (name != param.blobs[blob]) continue;
            shape = given;
            spec.declared = true;
        }
        spec.rank = shape.size();
        const bool known = !shape.empty();
        const DType dtype = network.indices()[size_t(blob)] ? DType::int32 : DType::float32;
        spec.tensor = {param.blobs[blob], known, std::move(shape), dtype, Layout::NCHW};
        specs.push_back(std::move(spec));
    }
    return specs;
}

void checkInputMemory(const TensorSpec& spec, const InputView& input) {
    if (input.dtype != spec.dtype) {
        throw Error("TWINFER_DTYPE_MISMATCH",
                    "input '" + spec.name + "': expected " + nameOf(spec.dtype) + ", received " +
                        nameOf(input.dtype),
                    conversionHelp(spec.dtype));
    }
    const int64_t elements = elementsOf(input.shape);
    const size_t received = input.bytes / bytesOf(input.dtype);
    if (received != size_t(elements)) {
        throw Error("TWINFER_LENGTH_MISMATCH", "input '" + spec.name + "': expected " +
                                                   std::to_string(elements) + " elements for shape " +
                                                   toString(input.shape) + ", received " +
                                                   std::to_string(received));
    }
}

void checkDeclared(const InputSpec& spec, const Shape& shape) {
    if (!spec.declared || matches(spec.tensor.shape, shape)) return;
    if (!shape.empty() && matches(spec.tensor.shape, Shape(shape.begin() + 1, shape.end()))) return;
    throw Error("TWINFER_SHAPE_MISMATCH", "input '" + spec.tensor.name + "': expected " +
                                              toString(spec.tensor.shape) +
                                              " as inputShapes says, received " + toString(shape));
}

} // namespace twinfer
