#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "MNN_generated.h"

namespace twinfer::mnn {

// A run of bytes of the model, or of its file of weights.
struct Span {
    int64_t offset;
    int64_t count; // of values, not bytes
};

enum class ValueFormat { fp32, fp16, bf16, int8 };

enum class Role { weight, bias, scale, data };

// A tensor whose values stand one by one in a file.
struct StoredValues {
    Role role;
    ValueFormat format;
    Span values;
    int64_t channels; // of the output; the values of one stand together
    bool external;    // in the file of weights
};

// Weights of 8 bits and less with their scales (IDSTQuan).
struct PackedValues {
    int64_t channels;
    int bits;
    int64_t offset;              // of the buffer; 0 without
    std::optional<Span> plain;   // a byte each …
    std::optional<Span> indices; // … or an index of `indexBits` bits each into …
    std::optional<Span> samples; // … these; none of them for sparse and external ones
    int indexBits = 0;
    std::optional<Span> scales;
    bool halfScales = false;
    bool asymmetric = false; // of each channel the lowest value, then the step
    int lowest = 0;
};

struct OperatorWeights {
    std::vector<StoredValues> tensors;
    std::optional<PackedValues> packed;
};

// What an operator of a model, whose tables are known to be whole, loads. Only what is inside of the model is
// known to be there.
OperatorWeights weightsOf(const MNN::Op& op, const void* model);

} // namespace twinfer::mnn
