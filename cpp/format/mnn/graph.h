#pragma once

#include <string>
#include <vector>

#include "MNN_generated.h"

namespace twinfer::mnn {

// A net, or one of its subgraphs, as both are stored: a list of operators over a list of tensor names.
struct Graph {
    const flatbuffers::Vector<flatbuffers::Offset<MNN::Op>>* ops = nullptr;
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* tensors = nullptr;
    std::vector<int> given = {}; // tensors that exist before the first operator: a subgraph's inputs
    bool virtualTensors = false; // a static net fills tensors through regions, without an operator

    const flatbuffers::String* tensorAt(int index) const {
        const bool there = tensors != nullptr && index >= 0 && static_cast<size_t>(index) < tensors->size();
        return there ? tensors->GetAsString(static_cast<flatbuffers::uoffset_t>(index)) : nullptr;
    }
};

Graph graphOf(const MNN::Net& net);
Graph graphOf(const MNN::SubGraphProto& subgraph);

// Of a net, also of one that is not sound: where it names none, what no operator uses.
std::vector<std::string> outputsOf(const MNN::Net& net);

// "Convolution"; "unknown (599)" for what this version does not know.
std::string typeNameOf(const MNN::Op& op);

// Its own name, or that of its first output: MNN's messages use either.
std::string nameOf(const MNN::Op& op, size_t index, const Graph& graph);

// "operator 3 (Convolution 'conv1')", for messages.
std::string describe(const MNN::Op& op, size_t index);

} // namespace twinfer::mnn
