#include "mask_layers.h"

#include <map>

#include "../../error.h"
#include "param_file.h"
#include "param_values.h"
#include "text_scanner.h"

namespace twinfer {

namespace {

constexpr int kFeatureMask = 31;
constexpr int kFp16Arithmetic = 1; // the one bit that changes no blob

// Put in place of the value that ncnn takes, which is the last of a name, else at the end. A text in quotes
// may hold anything.
std::string withFeatureMask(std::string_view parameters, int mask) {
    size_t found = parameters.npos;
    bool quoted = false;
    for (size_t at = 0; at < parameters.size(); at++) {
        if (parameters[at] == '"') quoted = !quoted;
        if (quoted || (at > 0 && !isBlank(parameters[at - 1]))) continue;
        int32_t id = 0;
        const std::string_view rest = parameters.substr(at);
        if (parseWholeNumber(rest.substr(0, rest.find('=')), id) && id == kFeatureMask) found = at;
    }
    const std::string set = std::to_string(kFeatureMask) + "=" + std::to_string(mask);
    if (found == parameters.npos) return parameters.empty() ? set : std::string(parameters) + " " + set;
    size_t end = found;
    while (end < parameters.size() && !isBlank(parameters[end])) end++;
    return std::string(parameters.substr(0, found)) + set + std::string(parameters.substr(end));
}

std::string padded(std::string text) {
    if (text.size() < 24) text.resize(24, ' ');
    return text;
}

class Masker {
  public:
    Masker(std::string_view param, const std::set<int>& masked, int bits)
        : param_(param), file_(parseTextParam(param)), masked_(masked), bits_(bits) {
        for (const int layer : masked_) {
            if (layer >= 0 && size_t(layer) < file_.layers.size()) continue;
            throw Error("TWINFER_INVALID_ARGUMENT", "expected layers from 0 to " +
                                                        std::to_string(file_.layers.size() - 1) +
                                                        ", received " + std::to_string(layer));
        }
        producers_.assign(file_.blobs.size(), -1);
        for (size_t i = 0; i < file_.layers.size(); i++)
            for (const int top : file_.layers[i].tops) producers_[size_t(top)] = static_cast<int>(i);
        for (const ParamLayer& layer : file_.layers) taken_.insert(layer.name);
        taken_.insert(file_.blobs.begin(), file_.blobs.end());
    }

    MaskedParam write() {
        for (size_t i = 0; i < file_.layers.size(); i++) writeLayer(static_cast<int>(i));
        const size_t blobs = file_.blobs.size() + result_.bridges.size();
        result_.text = std::to_string(kParamMagic) + "\n" + std::to_string(written_) + " " +
                       std::to_string(blobs) + "\n" + body_;
        return std::move(result_);
    }

  private:
    bool narrows() const { return (bits_ & ~kFp16Arithmetic) != 0 && !masked_.empty(); }

    const ParamLayer* producerOf(int blob) const {
        const int at = producers_[size_t(blob)];
        return at < 0 ? nullptr : &file_.layers[size_t(at)];
    }

    // What a Split hands on is what its own bottom is.
    int beforeSplits(int blob) const {
        size_t steps = 0;
        for (const ParamLayer* layer = producerOf(blob);
             layer && layer->type == "Split" && !layer->bottoms.empty() && steps++ < file_.layers.size();
             layer = producerOf(blob))
            blob = layer->bottoms[0];
        return blob;
    }

    bool isWide(int blob) const {
        const int source = beforeSplits(blob);
        const int at = producers_[size_t(source)];
        return at >= 0 && (masked_.count(at) != 0 || file_.layers[size_t(at)].type == "Input");
    }

    // 0 where the layer is left as it is.
    int maskOf(int at) const {
        if (masked_.count(at)) return bits_;
        return narrows() && file_.layers[size_t(at)].type == "Split" ? bits_ & ~kFp16Arithmetic : 0;
    }

    void writeLayer(int at) {
        const ParamLayer& layer = file_.layers[size_t(at)];
        std::vector<std::string> bottoms;
        for (const int blob : layer.bottoms) {
            const bool narrow = narrows() && masked_.count(at) && !isWide(blob);
            bottoms.push_back(narrow ? writeBridge(layer, blob) : file_.blobs[size_t(blob)]);
        }
        std::vector<std::string> tops;
        for (const int blob : layer.tops) tops.push_back(file_.blobs[size_t(blob)]);
        const std::string_view parameters = parametersOf(layer);
        const int mask = maskOf(at);
        if (mask != 0) result_.wide.push_back(written_);
        writeLine(layer.type, layer.name, bottoms, tops,
                  mask == 0 ? std::string(parameters)
                            : withFeatureMask(parameters, layer.integer(kFeatureMask, 0) | mask));
    }

    std::string writeBridge(const ParamLayer& layer, int blob) {
        const std::string name = file_.blobs[size_t(blob)];
        const ParamLayer* source = producerOf(beforeSplits(blob));
        const std::string widened = freshName(name + "_fp32");
        result_.wide.push_back(written_);
        writeLine("DeepCopy", widened, {name}, {widened}, "");
        result_.bridges.push_back({source ? source->name : name, layer.name, name, widened});
        return widened;
    }

    std::string freshName(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; !taken_.insert(name).second; i++) name = wanted + std::to_string(i);
        return name;
    }

    // As they stand behind the names of the blobs.
    std::string_view parametersOf(const ParamLayer& layer) const {
        TextScanner scanner(param_);
        scanner.goTo({layer.offset, layer.offset, layer.line});
        scanner.nextLine();
        for (size_t i = 0; i < 4 + layer.bottoms.size() + layer.tops.size(); i++) scanner.word();
        return trimmed(scanner.rest());
    }

    void writeLine(const std::string& type, const std::string& name, const std::vector<std::string>& bottoms,
                   const std::vector<std::string>& tops, const std::string& parameters) {
        body_ += padded(type) + " " + padded(name) + " " + std::to_string(bottoms.size()) + " " +
                 std::to_string(tops.size());
        for (const std::string& blob : bottoms) body_ += " " + blob;
        for (const std::string& blob : tops) body_ += " " + blob;
        body_ += (parameters.empty() ? "" : " " + parameters) + "\n";
        written_++;
    }

    const std::string_view param_;
    const ParamFile file_;
    const std::set<int>& masked_;
    const int bits_;
    std::vector<int> producers_; // by blob, -1 where there is none
    std::set<std::string> taken_;
    std::string body_;
    int written_ = 0;
    MaskedParam result_;
};

} // namespace

MaskedParam maskLayers(std::string_view param, const std::set<int>& masked, int bits) {
    return Masker(param, masked, bits).write();
}

} // namespace twinfer
