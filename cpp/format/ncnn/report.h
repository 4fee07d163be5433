#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weight_layout.h"

namespace twinfer {

// The .bin of a network: its size and a way to read in it.
struct WeightSource {
    int64_t size;
    ReadWord word;
};

// Everything that the file(s) of an ncnn network say without being run, and everything that is wrong with
// them, as a JSON document: the one answer that JavaScript gets, from the addon and from WebAssembly. Never
// throws. `params` adds the parameters of each layer, which are most of it and seldom read.
std::string reportNcnn(std::string_view param, const std::optional<WeightSource>& weights,
                       bool params = false);

} // namespace twinfer
