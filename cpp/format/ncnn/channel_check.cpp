#include "channel_check.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>

#include "kernel.h"
#include "shape_hints.h"

namespace twinfer {

namespace {

// What is known of a blob without running.
struct Channels {
    double count; // of its outermost axis
    bool vector;  // which is its only one
    bool noted;   // it follows from the sizes in an Input alone
};
using Known = std::optional<Channels>;

// Layers whose output has the channels of their first input.
constexpr const char* kKeepers[] = {
    "BatchNorm", "Bias",      "Scale",     "PReLU",          "ReLU",         "Clip",      "Sigmoid",
    "TanH",      "Swish",     "HardSwish", "HardSigmoid",    "Dropout",      "Mish",      "GELU",
    "ELU",       "SELU",      "Softplus",  "CELU",           "Erf",          "Exp",       "Log",
    "Power",     "AbsVal",    "UnaryOp",   "Interp",         "InstanceNorm", "GroupNorm", "LRN",
    "Softmax",   "LayerNorm", "RMSNorm",   "ShuffleChannel", "Noop",         "Eltwise",   "Split",
    "Pooling1D", "Pooling3D",
};

bool isKeeper(const std::string& type) {
    return std::any_of(std::begin(kKeepers), std::end(kKeepers),
                       [&](const char* keeper) { return type == keeper; });
}

std::string text(double number) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.10g", number);
    return digits;
}

// Input channels that the number of weights stands for, of all groups together; not always whole.
double inputsOf(const Kernel& kernel) {
    const double area = static_cast<double>(kernel.size[0]) * static_cast<double>(kernel.size[1]) *
                        static_cast<double>(kernel.size[2]);
    return static_cast<double>(kernel.weights) / area / static_cast<double>(kernel.outputs) *
           static_cast<double>(kernel.group);
}

class ChannelCheck {
  public:
    ChannelCheck(const ParamFile& file, Findings& findings)
        : file_(file), findings_(findings), blobs_(file.blobs.size()) {}

    void run() {
        for (const ParamLayer& layer : file_.layers) {
            std::vector<Known> inputs;
            for (const int bottom : layer.bottoms) inputs.push_back(blobs_[bottom]);
            if (!inputs.empty() && inputs[0]) check(layer, *inputs[0]);
            const std::vector<Known> outputs = infer(layer, inputs);
            for (size_t i = 0; i < layer.tops.size(); i++) blobs_[layer.tops[i]] = outputs[i];
        }
    }

  private:
    void check(const ParamLayer& layer, const Channels& input) const {
        const std::string problem = mismatch(layer, input);
        if (problem.empty()) return;
        const std::string blob = "'" + file_.blobs[layer.bottoms[0]] + "' has " + text(input.count);
        const int line = file_.lineOf(layer);
        if (input.noted) {
            findings_.note(
                {"input-note",
                 layer.type + ": " + problem + ", but by the sizes that stand in an Input " + blob,
                 "ncnn never reads the sizes of an Input (0=, 1=, 2=): give the network what this layer "
                 "needs.",
                 layer.name, line, -1, Severity::warning});
        } else {
            findings_.note(
                {"weight-size", layer.type + ": " + problem + ", but " + blob,
                 "A size on this line, or on that of the layer before, is wrong: convert the model again.",
                 layer.name, line});
        }
    }

    static std::string mismatch(const ParamLayer& layer, const Channels& input) {
        if (Kernel::isKernel(layer.type)) {
            const Kernel kernel = Kernel::of(layer);
            const double inputs = inputsOf(kernel);
            if (kernel.dynamic || input.vector || inputs == input.count) return "";
            return "weight_data_size (6=) of " + std::to_string(kernel.weights) + " and num_output (0=) of " +
                   std::to_string(kernel.outputs) + " stand for " + text(inputs) + " input channels";
        }
        if (layer.type == "InnerProduct" && input.vector) {
            const double features = double(layer.integer(2, 0)) / layer.integer(0, 0);
            return features == input.count ? ""
                                           : "weight_data_size (2=) stands for " + text(features) + " inputs";
        }
        if (layer.type != "BatchNorm" && layer.type != "Bias") return "";
        const int channels = layer.integer(0, 0);
        return channels == input.count ? ""
                                       : "it has values for " + std::to_string(channels) + " channels (0=)";
    }

    // The channels of each output of a layer, where they follow from those of its inputs.
    static std::vector<Known> infer(const ParamLayer& layer, const std::vector<Known>& inputs) {
        const Known first = inputs.empty() ? Known() : inputs[0];
        const auto all = [&](const Known& known) { return std::vector<Known>(layer.tops.size(), known); };
        if (Kernel::isKernel(layer.type)) {
            return all(Channels{static_cast<double>(Kernel::of(layer).outputs), false, false});
        }
        if (isKeeper(layer.type)) return all(first);
        if (layer.type == "Input") return noted(layer);
        if (layer.type == "Pooling") {
            return all(first ? Known({first->count, layer.integer(4, 0) != 0, first->noted}) : first);
        }
        if (layer.type == "Padding") {
            return all(layer.integer(7, 0) == 0 && layer.integer(8, 0) == 0 ? first : Known());
        }
        if (layer.type == "InnerProduct") {
            return all(first && first->vector ? Known({double(layer.integer(0, 0)), true, false}) : Known());
        }
        if (layer.type == "BinaryOp") return all(broadcast(inputs));
        if (layer.type == "Concat") return all(layer.integer(0, 0) == 0 ? sum(inputs) : first);
        if (layer.type == "Slice") return slices(layer, first);
        return all(Known());
    }

    static std::vector<Known> noted(const ParamLayer& layer) {
        std::vector<Known> outputs;
        for (const Shape& shape : shapeHints(layer)) {
            const bool known = !shape.empty() && shape[0] > 0;
            outputs.push_back(known ? Known({double(shape[0]), shape.size() == 1, true}) : Known());
        }
        return outputs;
    }

    // With unlike operands ncnn's rules depend on every axis, of which only one is known here.
    static Known broadcast(const std::vector<Known>& inputs) {
        if (inputs.size() != 2 || !inputs[0] || !inputs[1]) return {};
        const Channels &a = *inputs[0], &b = *inputs[1];
        if (a.count != b.count || a.vector != b.vector) return {};
        return Channels{a.count, a.vector, a.noted && b.noted};
    }

    static Known sum(const std::vector<Known>& inputs) {
        if (inputs.empty()) return {};
        double channels = 0;
        bool noted = false;
        for (const Known& input : inputs) {
            if (!input) return {};
            channels += input->count;
            noted |= input->noted;
        }
        return Channels{channels, inputs[0]->vector, noted};
    }

    // Sizes are listed; -233 is an equal share of the rest.
    static std::vector<Known> slices(const ParamLayer& layer, const Known& input) {
        const std::vector<int> sizes = layer.integers(0);
        const bool listed = layer.integers(2).empty() &&
                            std::all_of(sizes.begin(), sizes.end(), [](int size) { return size > 0; });
        std::vector<Known> outputs(layer.tops.size());
        for (size_t i = 0; i < outputs.size(); i++) {
            if (layer.integer(1, 0) != 0) {
                if (input && !input->vector) outputs[i] = input;
            } else if (listed && i < sizes.size()) {
                outputs[i] = Channels{double(sizes[i]), input && input->vector, input && input->noted};
            }
        }
        return outputs;
    }

    const ParamFile& file_;
    Findings& findings_;
    std::vector<Known> blobs_;
};

} // namespace

void checkChannels(const ParamFile& file, Findings& findings) {
    ChannelCheck(file, findings).run();
}

} // namespace twinfer
