#pragma once

#include <string>
#include <vector>

#include "MNN_generated.h"

namespace twinfer::mnn {

// A net, or one of its subgraphs, as both are stored: a list of operators over a list of tensor names.
struct Graph {
    const flatbuffers::Vector<flatbuffers::Offset<MNN::Op>>* ops = nullptr;
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* tensors = nullptr;
    std::vector<int> given;      // tensors that exist before the first operator: a subgraph's inputs
    bool virtualTensors = false; // a static net fills tensors through regions, without an operator
};

// Indices in range, no tensor made twice, none used before it is made.
void verifyGraph(const Graph& graph);

// "operator 3 (Convolution 'conv1')", for messages.
std::string describe(const MNN::Op& op, size_t index);

} // namespace twinfer::mnn
