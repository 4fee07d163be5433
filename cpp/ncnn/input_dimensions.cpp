#include "input_dimensions.h"

#include "../error.h"
#include "input_spec.h"

namespace twinfer {

std::vector<Shape> inputDimensions(const Network& network, const std::vector<TensorSpec>& specs,
                                   const std::vector<InputView>& inputs) {
    std::vector<Shape> withoutBatch;
    std::vector<Shape> asGiven;
    for (size_t i = 0; i < specs.size(); i++) {
        asGiven.push_back(inputs[i].shape);
        withoutBatch.push_back(dropBatch(specs[i], inputs[i].shape));
    }
    try {
        for (size_t i = 0; i < specs.size(); i++) checkDimensions(specs[i], withoutBatch[i]);
        network.checkInputs(withoutBatch);
        return withoutBatch;
    } catch (const Error&) {
        if (withoutBatch == asGiven) throw;
    }
    for (size_t i = 0; i < specs.size(); i++) checkDimensions(specs[i], asGiven[i]);
    network.checkInputs(asGiven);
    return asGiven;
}

} // namespace twinfer
