#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinfer {

// One `id=value` of a layer. A binary .param does not say whether its words are integers or floats,
// so `word` and `words` read as either, as they do in ncnn.
struct ParamValue {
    enum class Type { integer, real, integers, reals, text, word, words };

    Type type = Type::integer;
    std::vector<int32_t> bits; // the value itself, or the bits of a float
    std::string text;
};

} // namespace twinfer
