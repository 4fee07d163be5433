#include "model_verifier.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <set>

#include "../file_content.h"
#include "MNN_generated.h"
#include "verify_control_flow.h"
#include "verify_graph.h"
#include "verify_op.h"

namespace twinfer {

using namespace mnn;

namespace {

bool isNet(const void* data, size_t size) {
    // flatbuffers needs the root offset and one byte more before it may look at all.
    if (size < 8) return false;
    flatbuffers::Verifier verifier(static_cast<const uint8_t*>(data), size);
    return MNN::VerifyNetBuffer(verifier);
}

// A file that was cut short verifies once zeros stand where its end was: offsets into the missing
// part then lead to empty tables. A damaged one does not. calloc leaves the zeros unmapped.
bool isCutShort(const void* data, size_t size) {
    constexpr size_t kMost = size_t(1) << 30;
    if (size > kMost / 2) return false;
    const size_t padded = std::min(kMost, std::max<size_t>(size * 16, size_t(1) << 26));
    const std::unique_ptr<void, decltype(&std::free)> copy(std::calloc(1, padded), &std::free);
    if (copy == nullptr) return false;
    std::memcpy(copy.get(), data, size);
    return isNet(copy.get(), padded);
}

void refuseAt(int64_t offset, const char* code, const Error& error, Findings& findings) {
    findings.refuse({code, error.what(), error.help(), {}, 0, offset}, error);
}

void refuseBytes(const void* data, size_t size, Findings& findings) {
    const FileContent& content = contentOf({static_cast<const char*>(data), size});
    if (content.kind != FileContent::mnn && content.kind != FileContent::unknown) {
        return refuseAt(0, "foreign-file",
                        {"TWINFER_MODEL_INVALID",
                         std::string("expected an MNN model, received ") + content.description, content.help},
                        findings);
    }
    const std::string bytes = std::to_string(size) + " bytes";
    if (isCutShort(data, size)) {
        return refuseAt(0, "damaged-table",
                        {"TWINFER_MODEL_TRUNCATED",
                         "the MNN model was cut short: its tables point beyond its " + bytes,
                         "Copy or download the file again and compare its size."},
                        findings);
    }
    refuseAt(0, "damaged-table",
             {"TWINFER_MODEL_INVALID",
              "not an MNN model, or a damaged one: the flatbuffer of " + bytes + " does not verify",
              "Convert the model again, or compare the file's checksum with its source."},
             findings);
}

// FlatBufferBuilder pads what it finishes; a file without its last padding bytes still verifies.
void verifyEnd(size_t size, Findings& findings) {
    if (size % sizeof(flatbuffers::uoffset_t) == 0) return;
    refuseAt(static_cast<int64_t>(size), "missing-bytes",
             {"TWINFER_MODEL_TRUNCATED",
              "the MNN model was cut short: expected a multiple of 4 bytes, received " + std::to_string(size),
              "Copy or download the file again and compare its size."},
             findings);
}

// PipelineModule finds a subgraph's tensors by name, and takes the last of several.
void expectUniqueNames(const MNN::SubGraphProto& graph, const Place& place) {
    std::set<std::string> names;
    for (const auto* name : *graph.tensors()) {
        if (!names.insert(name->str()).second) {
            place.refuse("duplicate-blob", "two tensors are called '" + name->str() + "'");
            return;
        }
    }
}

// PipelineModule unpacks and packs a subgraph before it loads it, which turns empty vectors into null.
void expectContents(const MNN::SubGraphProto& graph, const Place& place) {
    if (graph.nodes()->size() == 0) place.refuse("parameters", "no operators");
    if (graph.tensors()->size() == 0) place.refuse("parameters", "no tensors");
    if (graph.outputs()->size() == 0) place.refuse("parameters", "no outputs");
}

// PipelineModule does not load a subgraph with an Input that it is not given, and uses it all the same.
void expectInputsGiven(const MNN::SubGraphProto& graph, const std::vector<int32_t>& given,
                       const Place& place) {
    for (const MNN::Op* op : *graph.nodes()) {
        if (op->type() != MNN::OpType_Input || op->outputIndexes() == nullptr) continue;
        for (const int32_t index : *op->outputIndexes()) {
            if (std::find(given.begin(), given.end(), index) == given.end()) {
                place.refuse("parameters",
                             "its Input " + std::to_string(index) + " is not one of its inputs");
            }
        }
    }
}

std::set<int> indexesMade(const Graph& graph) {
    std::set<int> made;
    for (const MNN::Op* op : *graph.ops) {
        if (op->outputIndexes() != nullptr)
            made.insert(op->outputIndexes()->begin(), op->outputIndexes()->end());
    }
    return made;
}

// PipelineModule takes the first of its variables for an output that nothing makes, or what lies behind none.
void expectOutputsMade(const Graph& graph, const flatbuffers::Vector<int32_t>& outputs, const Place& place) {
    std::set<int> made = indexesMade(graph);
    made.insert(graph.given.begin(), graph.given.end());
    for (const int32_t index : outputs) {
        const auto* name = graph.tensorAt(index);
        if (name == nullptr) {
            place.refuse("damaged-table", "output " + std::to_string(index));
        } else if (made.count(index) == 0) {
            place.refuse("no-producer", "no operator makes its output '" + name->str() + "'");
        }
    }
}

bool verifySurvivesRepacking(const MNN::Op& op, const Place& place) {
    const MNN::Reshape* reshape = op.main_as_Reshape();
    const bool emptied = reshape != nullptr && op.inputIndexes()->size() == 1 && reshape->dims()->size() == 0;
    return !emptied || place.refuse("parameters", "an empty shape");
}

void verifySubgraph(const MNN::SubGraphProto& graph, const MNN::Net& net, Sidecar& sidecar,
                    Findings& findings) {
    if (graph.name() == nullptr || graph.outputs() == nullptr) {
        Place(findings, "").refuse("parameters", "a subgraph without name or outputs");
        return;
    }
    const std::string name = "subgraph '" + graph.name()->str() + "'";
    const Place place(findings, name);
    const Graph view = graphOf(graph);
    if (!verifyGraph(view, findings)) return;
    expectContents(graph, place);
    expectInputsGiven(graph, view.given, place);
    expectOutputsMade(view, *graph.outputs(), place);
    expectUniqueNames(graph, place);
    for (flatbuffers::uoffset_t i = 0; i < graph.nodes()->size(); i++) {
        const MNN::Op& op = *graph.nodes()->Get(i);
        const Place there(findings, name + ", " + describe(op, i), nameOf(op, i, view));
        if (verifyOp(op, sidecar, there) && verifySurvivesRepacking(op, there))
            verifyControlFlow(op, net, there);
    }
}

// Module::load reads the metadata as a table without having verified it.
void verifyMetadata(const MNN::Net& net, Findings& findings) {
    const auto* info = net.extraInfo();
    if (info == nullptr || info->buffer() == nullptr || info->buffer()->size() == 0) return;
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(info->buffer()->data()),
                                   info->buffer()->size());
    if (info->buffer()->size() < 8 || !verifier.VerifyBuffer<MNN::Extra>(nullptr)) {
        Place(findings, "").refuse("damaged-table", "its metadata does not verify");
    }
}

// What open() finds out when it looks for an output by its name.
void verifyOutputNames(const MNN::Net& net, const Graph& graph, Findings& findings) {
    if (net.outputName() == nullptr || graph.virtualTensors) return;
    std::set<std::string> made;
    for (const int index : indexesMade(graph)) {
        if (const auto* name = graph.tensorAt(index)) made.insert(name->str());
    }
    for (const auto* name : *net.outputName()) {
        if (made.count(name->str()) > 0) continue;
        findings.note({"no-producer", "no op makes the output '" + name->str() + "'", "", ""});
    }
}

} // namespace

bool verifyMnnModel(const void* data, size_t size, const WeightFile& weights, Findings& findings,
                    Findings& weightFindings) {
    // Interpreter::createFromBuffer casts the size to int (H11).
    if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
        refuseAt(-1, "engine-refuses",
                 {"TWINFER_MODEL_UNSUPPORTED",
                  "expected a model below 2 GiB, received " + std::to_string(size) + " bytes",
                  "Save the weights in a separate file (--saveExternalData of the converter)."},
                 findings);
        return false;
    }
    if (!isNet(data, size)) {
        refuseBytes(data, size, findings);
        return false;
    }
    verifyEnd(size, findings);

    const MNN::Net& net = *MNN::GetNet(data);
    const Graph graph = graphOf(net);
    Sidecar sidecar{weights, weightFindings};
    if (!verifyGraph(graph, findings)) return false;
    verifyDescriptions(net, findings);
    verifyMetadata(net, findings);
    for (flatbuffers::uoffset_t i = 0; i < net.oplists()->size(); i++) {
        const MNN::Op& op = *net.oplists()->Get(i);
        const Place place(findings, describe(op, i), nameOf(op, i, graph));
        if (op.outputIndexes() == nullptr) {
            place.refuse("layer-outputs", "no outputs", {"it has no outputs"});
        } else if (verifyOp(op, sidecar, place)) {
            verifyControlFlow(op, net, place);
        }
    }
    verifyOutputNames(net, graph, findings);
    if (net.subgraphs() == nullptr) return true;
    for (const MNN::SubGraphProto* subgraph : *net.subgraphs())
        verifySubgraph(*subgraph, net, sidecar, findings);
    return true;
}

void verifyMnnModel(const void* data, size_t size, const WeightFile& weights) {
    ThrowingFindings first;
    verifyMnnModel(data, size, weights, first, first);
}

} // namespace twinfer
