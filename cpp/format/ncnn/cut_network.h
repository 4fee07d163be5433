#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../tensor/shape.h"
#include "report.h"

namespace twinfer {

// A blob that the piece does not make itself.
struct EnteringBlob {
    std::string name;
    Shape shape; // in ncnn's dimensions, in NumPy order
};

// Some layers of a network as a network of their own.
struct NetworkPiece {
    std::string param; // in the format of the whole
    std::vector<std::pair<int64_t, int64_t>>
        weights; // runs of bytes of the .bin: offset and length, in order
};

// Cuts layers out, given by ascending index: an Input layer for each blob that enters, then the layers as
// they stand. Blobs keep their names; in a binary .param, where a name is a number, also their count. Throws
// TWINFER_MODEL_INVALID, TWINFER_MODEL_TRUNCATED for a .param that cannot be read, TWINFER_MODEL_UNSUPPORTED
// where a layer of unknown type stands before them, and TWINFER_INVALID_ARGUMENT.
NetworkPiece cutNetwork(std::string_view param, const std::vector<int>& layers,
                        const std::vector<EnteringBlob>& entering, const WeightSource& weights);

} // namespace twinfer
