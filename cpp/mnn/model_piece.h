#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../runner/runner.h"

namespace twinfer::mnn {

// A tensor that the piece does not make itself: an input of it, or a constant.
struct GivenTensor {
    std::string name;
    Shape shape;
    DType dtype = DType::float32;
    Layout format = Layout::NCHW; // as the engine holds it
    bool constant = false;
    const void* data = nullptr; // of a constant that has elements
};

// Some operators of a model as a model of their own.
struct ModelPiece {
    std::string model;
    std::vector<std::pair<int64_t, int64_t>> weights; // runs of bytes of the file of weights, in order
};

// The tensors that enter these operators and whose values decide shapes, as far as MNN's sizing asks for
// them: a session has to have them before it runs, so that they can be no inputs. Throws what cutModel
// throws.
std::vector<std::string> sizingTensors(const ModelFile& model, const std::vector<int>& operators);

// Cuts operators out, given by ascending index into the graph. Tensors and operators keep their names,
// quantised tensors what is noted of them; weights of a file of their own stay in one. Throws what
// verifyModel throws, TWINFER_MODEL_UNSUPPORTED for a model with control flow or that was made static for a
// device, and TWINFER_INVALID_ARGUMENT.
ModelPiece cutModel(const ModelFile& model, const std::vector<int>& operators,
                    const std::vector<GivenTensor>& given, const std::vector<std::string>& outputs);

} // namespace twinfer::mnn
