#include "graph_check.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "../nearest_name.h"
#include "layer_check.h"

namespace twinfer {

namespace {

constexpr const char* kInvalid = "TWINFER_MODEL_INVALID";

class GraphCheck {
  public:
    GraphCheck(const ParamFile& file, Findings& findings)
        : file_(file), findings_(findings), producer_(file.blobs.size(), -1) {}

    void run() {
        for (const ParamLayer& layer : file_.layers) checkLayer(file_, layer, findings_);
        findProducers();
        std::vector<int> depth(file_.layers.size(), 0);
        for (size_t i = 0; i < file_.layers.size(); i++) depth[i] = checkBottoms(i, depth);
        checkBytes();
        checkBlobCount();
        noteNames();
    }

  private:
    // A distance to every name each time would take minutes where thousands of names are wrong.
    static constexpr int kMostSuggestions = 20;

    std::string blob(int index) const { return "blob '" + file_.blobs[index] + "'"; }

    Finding finding(const char* code, const ParamLayer& layer, std::string message, std::string help) const {
        return {code,       std::move(message),  std::move(help),
                layer.name, file_.lineOf(layer), static_cast<int64_t>(layer.offset)};
    }

    void findProducers() {
        std::unordered_map<std::string, int> named;
        for (size_t i = 0; i < file_.layers.size(); i++) {
            for (const int top : file_.layers[i].tops) {
                // A binary .param can name one blob twice; in text the second has an index of its own
                // that nothing can read, as ncnn takes the first of a name.
                const int earlier = producer_[top] >= 0 ? producer_[top] : find(named, file_.blobs[top]);
                if (earlier >= 0) {
                    refuseSecond(top, file_.layers[earlier], file_.layers[i]);
                    continue;
                }
                producer_[top] = static_cast<int>(i);
                named.emplace(file_.blobs[top], static_cast<int>(i));
                produced_.push_back(file_.blobs[top]);
            }
        }
        producerByName_ = std::move(named);
    }

    void refuseSecond(int top, const ParamLayer& first, const ParamLayer& second) const {
        findings_.refuse({"duplicate-blob",
                          "lines " + std::to_string(file_.lineOf(first)) + " and " +
                              std::to_string(file_.lineOf(second)) + ": '" + first.name + "' and '" +
                              second.name + "' both produce " + blob(top),
                          "ncnn gives the first one to every reader: rename one.", second.name},
                         Error(kInvalid, blob(top) + ": expected one producer, received " +
                                             file_.describe(first) + " and " + file_.describe(second)));
    }

    static int find(const std::unordered_map<std::string, int>& named, const std::string& name) {
        const auto found = named.find(name);
        return found == named.end() ? -1 : found->second;
    }

    // The number of layers on the longest way to layer `index`, itself included.
    int checkBottoms(size_t index, const std::vector<int>& depth) {
        const ParamLayer& layer = file_.layers[index];
        int deepest = 0;
        for (const int bottom : layer.bottoms) {
            const int producer =
                producer_[bottom] >= 0 ? producer_[bottom] : find(producerByName_, file_.blobs[bottom]);
            if (producer < 0) {
                refuseDangling(layer, bottom);
            } else if (producer >= static_cast<int>(index)) {
                refuseOrder(layer, bottom, file_.layers[producer]);
            } else {
                deepest = std::max(deepest, depth[producer]);
            }
        }
        if (deepest + 1 > kDeepest) {
            findings_.refuse(
                layer.name,
                Error("TWINFER_MODEL_UNSUPPORTED",
                      file_.describe(layer) + ": expected a graph of at most " + std::to_string(kDeepest) +
                          " layers in a row, received more",
                      "ncnn calls itself once for each layer of a chain and would overflow the stack."));
        }
        return deepest + 1;
    }

    std::string reads(const ParamLayer& layer, int bottom) const {
        return "layer '" + layer.name + "' reads " + blob(bottom) + ", which ";
    }

    void refuseDangling(const ParamLayer& layer, int bottom) {
        const std::string nearest =
            suggestions_++ < kMostSuggestions ? nearestName(file_.blobs[bottom], produced_) : "";
        findings_.refuse(
            finding("no-producer", layer, reads(layer, bottom) + "no layer produces",
                    nearest.empty() ? "Convert the model again." : "The nearest blob is '" + nearest + "'."),
            Error(kInvalid,
                  file_.describe(layer) + ": expected " + blob(bottom) +
                      " to be made by an earlier layer, received a name that no layer makes",
                  "Correct the name, or add an Input layer for it."));
    }

    void refuseOrder(const ParamLayer& layer, int bottom, const ParamLayer& producer) const {
        findings_.refuse(finding("layer-order", layer,
                                 reads(layer, bottom) + "'" + producer.name + "' produces only in line " +
                                     std::to_string(file_.lineOf(producer)),
                                 "Layers must come after those whose output they read."),
                         Error(kInvalid, file_.describe(layer) + ": expected " + blob(bottom) +
                                             " to be made by an earlier layer, received " +
                                             (&producer == &layer
                                                  ? std::string("the layer itself (a cycle)")
                                                  : file_.describe(producer) +
                                                        ", which comes later (out of order, or a cycle)")));
    }

    // Layers for floats read four bytes for each of an int8 blob's elements, and write as many.
    void checkBytes() {
        std::vector<char> int8(file_.blobs.size(), 0);
        for (const ParamLayer& layer : file_.layers) {
            const bool kernel = layer.type.rfind("Convolution", 0) == 0 || layer.type == "InnerProduct";
            const int from = layer.integer(0, 0), to = layer.integer(1, 0);
            const bool cast = layer.type == "Cast";
            if (cast && from == kInt8OfCast && from != to) continue; // floats of int8
            // A cast from a type to the same hands its input on, whatever that is.
            const bool scales = layer.type == "Dropout" && layer.number(0, 1.f) != 1.f;
            const bool moves = (isMover(layer.type) && !scales) || (cast && from == to);
            bool given = false;
            for (const int bottom : layer.bottoms) {
                if (!int8[bottom]) continue;
                given = true;
                if (moves || (kernel && layer.integer(8, 0) != 0)) continue;
                findings_.refuse(layer.name,
                                 Error(kInvalid, file_.describe(layer) +
                                                     ": expected a blob of floats, received int8 in " +
                                                     blob(bottom)));
            }
            // It copies as many bytes of each input as the first has of a value.
            const auto isInt8 = [&](int bottom) { return bool(int8[size_t(bottom)]); };
            if (given && layer.type == "Concat" &&
                !std::all_of(layer.bottoms.begin(), layer.bottoms.end(), isInt8))
                findings_.refuse(layer.name, Error(kInvalid, file_.describe(layer) +
                                                                 ": expected blobs of floats, or of int8 "
                                                                 "alone, received both"));
            const bool makes = layer.type == "Quantize" || layer.type == "Requantize" ||
                               (kernel && layer.type != "InnerProduct" && layer.integer(8, 0) > 100);
            for (const int top : layer.tops) int8[top] = makes || (moves && given);
        }
    }

    static constexpr int kInt8OfCast = 3; // among ncnn's numbers of types

    // Layers that copy elements of any size, and ReLU, which ncnn has for int8 as well.
    // Not Slice: on x86 it walks floats, whatever the size, and past the end.
    static bool isMover(const std::string& type) {
        for (const char* mover :
             {"Split", "Noop", "Concat", "Crop", "Padding", "Flatten", "Reshape", "Packing", "Dropout",
              "DeepCopy", "ShuffleChannel", "Squeeze", "ExpandDims", "ReLU"}) {
            if (type == mover) return true;
        }
        return false;
    }

    void checkBlobCount() {
        const int announced = file_.announcedBlobs, produced = static_cast<int>(produced_.size());
        if (announced < 0 || produced == announced) return;
        const std::string numbers = "line 2 declares " + std::to_string(announced) +
                                    " blobs, the layers produce " + std::to_string(produced);
        if (produced < announced) {
            findings_.note({"blob-count",
                            numbers,
                            "ncnn ignores the difference, but the file was edited or is not complete.",
                            {},
                            0,
                            -1,
                            Severity::warning});
            return;
        }
        findings_.refuse({"blob-count",
                          numbers,
                          "Correct the count, or convert the model again.",
                          {},
                          2,
                          static_cast<int64_t>(file_.countsOffset)},
                         Error(kInvalid,
                               "line 2 of the .param: expected " + std::to_string(announced) +
                                   " blobs as it says, received " + std::to_string(produced),
                               "Correct the second number on line 2."));
    }

    // ncnn finds the first blob of a name, whatever the second reader meant; layers it never looks up.
    void noteNames() {
        std::unordered_set<std::string> names, repeated;
        std::string first;
        for (const ParamLayer& layer : file_.layers) {
            if (names.insert(layer.name).second) continue;
            if (repeated.empty()) first = layer.name;
            repeated.insert(layer.name);
        }
        if (repeated.empty()) return;
        const std::string more =
            repeated.size() > 1 ? " and " + std::to_string(repeated.size() - 1) + " other names" : "";
        findings_.note(
            {"duplicate-layer",
             "more than one layer is called '" + first + "'" + more + ", which ncnn never asks for",
             {},
             {},
             0,
             -1,
             Severity::info});
    }

    const ParamFile& file_;
    Findings& findings_;
    std::vector<int> producer_; // by blob; -1 without
    std::unordered_map<std::string, int> producerByName_;
    std::vector<std::string> produced_; // each name once
    int suggestions_ = 0;
};

} // namespace

void checkGraph(const ParamFile& file, Findings& findings) {
    GraphCheck(file, findings).run();
}

void checkGraph(const ParamFile& file) {
    ThrowingFindings findings;
    checkGraph(file, findings);
}

} // namespace twinfer
