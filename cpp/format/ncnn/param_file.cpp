#include "param_file.h"

#include <algorithm>
#include <cstring>

#include "scan_param.h"

namespace twinfer {

namespace {

using Type = ParamValue::Type;

const ParamValue* find(const ParamLayer& layer, int id) {
    const auto found = layer.params.find(id);
    return found == layer.params.end() ? nullptr : &found->second;
}

float asFloat(int32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

} // namespace

int ParamLayer::integer(int id, int otherwise) const {
    const ParamValue* value = find(*this, id);
    const bool fits = value && (value->type == Type::integer || value->type == Type::word);
    return fits ? value->bits[0] : otherwise;
}

float ParamLayer::number(int id, float otherwise) const {
    const ParamValue* value = find(*this, id);
    if (!value) return otherwise;
    if (value->type == Type::integer) return static_cast<float>(value->bits[0]);
    return value->type == Type::real || value->type == Type::word ? asFloat(value->bits[0]) : otherwise;
}

std::vector<int> ParamLayer::integers(int id) const {
    const ParamValue* value = find(*this, id);
    return value && (value->type == Type::integers || value->type == Type::words) ? value->bits
                                                                                  : std::vector<int>();
}

std::string ParamLayer::string(int id) const {
    const ParamValue* value = find(*this, id);
    return value && value->type == Type::text ? value->text : std::string();
}

int ParamLayer::length(int id) const {
    const ParamValue* value = find(*this, id);
    const bool array =
        value && (value->type == Type::integers || value->type == Type::reals || value->type == Type::words);
    return array ? static_cast<int>(value->bits.size()) : 0;
}

int ParamFile::lineOf(const ParamLayer& layer) const {
    return binary ? static_cast<int>(&layer - layers.data()) + 3 : layer.line;
}

std::string ParamFile::describe(const ParamLayer& layer) const {
    if (binary) return layer.name + " (" + layer.type + ")";
    return "layer '" + layer.name + "' (" + layer.type + ", line " + std::to_string(layer.line) + ")";
}

std::vector<int> ParamFile::inputs() const {
    std::vector<int> found;
    for (const ParamLayer& layer : layers) {
        if (layer.type == "Input") found.insert(found.end(), layer.tops.begin(), layer.tops.end());
    }
    return found;
}

std::vector<int> ParamFile::outputs() const {
    std::vector<char> open(blobs.size(), 0);
    for (const ParamLayer& layer : layers) {
        for (const int top : layer.tops) open[top] = 1;
    }
    for (const ParamLayer& layer : layers) {
        for (const int bottom : layer.bottoms) open[bottom] = 0;
    }
    std::vector<int> found;
    for (size_t i = 0; i < open.size(); i++) {
        if (open[i]) found.push_back(static_cast<int>(i));
    }
    return found;
}

ParamFile parseParam(std::string_view content, Findings& findings) {
    int32_t magic = 0;
    if (content.size() >= sizeof magic) std::memcpy(&magic, content.data(), sizeof magic);
    return magic == kParamMagic ? scanBinaryParam(content, findings) : scanTextParam(content, findings);
}

ParamFile parseTextParam(std::string_view text) {
    ThrowingFindings findings;
    return scanTextParam(text, findings);
}

ParamFile parseBinaryParam(const void* data, size_t size) {
    ThrowingFindings findings;
    return scanBinaryParam({static_cast<const char*>(data), size}, findings);
}

} // namespace twinfer
