#pragma once

#include <string>
#include <vector>

#include "../runner/runner.h"
#include "input_spec.h"
#include "network.h"

namespace twinfer {

// How a run's arrays are taken. An array's leading axis is a dimension of ncnn's or a batch, which ncnn's
// files do not say: converters leave the batch out.
struct InputReading {
    // Items of a batch, to be run one after another: ncnn's own loop over a batch takes for granted that
    // every item gives the same shape, and some layers mix the items.
    int items = 1;
    std::vector<Shape> dimensions; // inside ncnn, of one item; one for each input
    std::vector<bool> batched;     // the input has a part for each item; others are the same for all of them
    std::vector<std::string> notes;
    bool open = false; // some shapes are known only once a run computes them: OpenShapes
};

// The network decides, by what its layers can take; then what was declared; then the array, as it is up to
// three dimensions and without its leading axis from four on, which ncnn has for volumes only. One input for
// each of `specs`. Throws TWINFER_SHAPE_MISMATCH with the complaint of the reading that came furthest.
InputReading readInputs(const Network& network, const std::vector<InputSpec>& specs,
                        const std::vector<InputView>& inputs);

} // namespace twinfer
