#include "refused_layer.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include <ncnn/datareader.h>
#include <ncnn/net.h>

#include "../error.h"
#include "../format/ncnn/layer_types.h"
#include "../log/log.h"

namespace twinfer {

namespace {

using Type = ParamValue::Type;

// With a mark that makes it a float to ncnn, and every digit.
std::string floatText(int32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    char text[32];
    std::snprintf(text, sizeof text, "%.8e", static_cast<double>(value));
    for (char& c : text) c = c == ',' ? '.' : c; // the process's locale
    return text;
}

std::string valueText(const ParamValue& value) {
    if (value.type == Type::text) return '"' + value.text + '"';
    std::string text;
    for (const int32_t bits : value.bits) {
        const bool real = value.type == Type::real || value.type == Type::reals;
        text += (text.empty() ? "" : ",") + (real ? floatText(bits) : std::to_string(bits));
    }
    const bool list = value.type == Type::integers || value.type == Type::reals || value.type == Type::words;
    return list && value.bits.size() == 1 ? text + "," : text;
}

// A .param of this layer alone. Blobs get new names: those of a binary file, and odd ones, are no words.
std::string alone(const ParamLayer& layer) {
    const size_t blobs = layer.bottoms.size() + layer.tops.size();
    std::string text = "7767517\n1 " + std::to_string(std::max<size_t>(blobs, 1)) + "\n" + layer.type +
                       " layer " + std::to_string(layer.bottoms.size()) + " " +
                       std::to_string(layer.tops.size());
    for (size_t i = 0; i < blobs; i++) text += " b" + std::to_string(i);
    for (const auto& [id, value] : layer.params) {
        if (value.type != Type::text && value.bits.empty()) {
            text += " " + std::to_string(-23300 - id) + "=0";
        } else {
            text += " " + std::to_string(id) + "=" + valueText(value);
        }
    }
    return text + "\n";
}

// The same in the binary form, whose words do not say whether they are floats.
std::vector<int32_t> aloneInWords(const ParamLayer& layer) {
    const auto bottoms = static_cast<int32_t>(layer.bottoms.size()),
               tops = static_cast<int32_t>(layer.tops.size());
    std::vector<int32_t> words{kParamMagic, 1,   std::max(bottoms + tops, 1), layerTypeIndex(layer.type),
                               bottoms,     tops};
    for (int32_t i = 0; i < bottoms + tops; i++) words.push_back(i);
    for (const auto& [id, value] : layer.params) {
        if (value.type == Type::text) {
            const size_t start = words.size() + 2;
            words.insert(words.end(), {-23400 - id, static_cast<int32_t>(value.text.size())});
            words.resize(start + (value.text.size() + 3) / 4, 0);
            std::memcpy(words.data() + start, value.text.data(), value.text.size());
            continue;
        }
        const bool list = value.type == Type::words;
        words.push_back(list ? -23300 - id : id);
        if (list) words.push_back(static_cast<int32_t>(value.bits.size()));
        words.insert(words.end(), value.bits.begin(), value.bits.end());
    }
    words.push_back(-233);
    return words;
}

bool isRefused(const ParamLayer& layer, bool binary) {
    const LogCapture silent;
    ncnn::Net net;
    if (!binary) return net.load_param_mem(alone(layer).c_str()) != 0;
    const std::vector<int32_t> words = aloneInWords(layer);
    const auto* bytes = reinterpret_cast<const unsigned char*>(words.data());
    const ncnn::DataReaderFromMemory reader(bytes, words.size() * sizeof words[0]);
    return net.load_param_bin(reader) != 0;
}

} // namespace

void throwRefusedLayer(const ParamFile& file) {
    for (const ParamLayer& layer : file.layers) {
        if (!isRefused(layer, file.binary)) continue;
        throw Error("TWINFER_MODEL_INVALID",
                    file.describe(layer) +
                        ": expected parameters that ncnn 20261020 accepts, received some that its " +
                        "load_param refuses",
                    "The .param is damaged, or of another version of ncnn: convert the model again.");
    }
}

} // namespace twinfer
