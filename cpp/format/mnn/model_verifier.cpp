#include "model_verifier.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <set>

#include "MNN_generated.h"
#include "file_kind.h"
#include "invalid.h"
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

[[noreturn]] void refuseBytes(const void* data, size_t size) {
    const FileKind kind = recogniseForeignFile(data, size);
    if (!kind.name.empty()) {
        throw Error("TWINFER_MODEL_INVALID", "expected an MNN model, received " + kind.name, kind.help);
    }
    if (isCutShort(data, size)) {
        throw Error("TWINFER_MODEL_TRUNCATED",
                    "the MNN model was cut short: its tables point beyond its " + std::to_string(size) +
                        " bytes",
                    "Copy or download the file again and compare its size.");
    }
    throw Error("TWINFER_MODEL_INVALID",
                "not an MNN model, or a damaged one: the flatbuffer of " + std::to_string(size) +
                    " bytes does not verify",
                "Convert the model again, or compare the file's checksum with its source.");
}

// PipelineModule finds a subgraph's tensors by name, and takes the last of several.
void expectUniqueNames(const MNN::SubGraphProto& graph) {
    std::set<std::string> names;
    for (const auto* name : *graph.tensors()) {
        if (!names.insert(name->str()).second) {
            invalid("subgraph '" + graph.name()->str() + "': two tensors are called '" + name->str() + "'");
        }
    }
}

// PipelineModule unpacks and packs a subgraph before it loads it, which turns empty vectors into null.
void expectContents(const MNN::SubGraphProto& graph) {
    if (graph.nodes()->size() == 0) invalid("subgraph '" + graph.name()->str() + "': no operators");
    if (graph.tensors()->size() == 0) invalid("subgraph '" + graph.name()->str() + "': no tensors");
    if (graph.outputs()->size() == 0) invalid("subgraph '" + graph.name()->str() + "': no outputs");
}

// PipelineModule does not load a subgraph with an Input that it is not given, and uses it all the same.
void expectInputsGiven(const MNN::SubGraphProto& graph, const std::vector<int32_t>& given) {
    for (const MNN::Op* op : *graph.nodes()) {
        if (op->type() != MNN::OpType_Input || op->outputIndexes() == nullptr) continue;
        for (const int32_t index : *op->outputIndexes()) {
            if (std::find(given.begin(), given.end(), index) == given.end())
                invalid("subgraph '" + graph.name()->str() + "': its Input " + std::to_string(index) +
                        " is not one of its inputs");
        }
    }
}

void verifySurvivesRepacking(const MNN::Op& op, const std::string& where) {
    const MNN::Reshape* reshape = op.main_as_Reshape();
    if (reshape != nullptr && op.inputIndexes()->size() == 1 && reshape->dims()->size() == 0) {
        invalid(where + ": an empty shape");
    }
}

void verifySubgraph(const MNN::SubGraphProto& graph, const MNN::Net& net, const Sidecar& sidecar) {
    if (graph.name() == nullptr || graph.outputs() == nullptr) invalid("a subgraph without name or outputs");
    Graph view{graph.nodes(), graph.tensors(), {}, false};
    if (graph.inputs() != nullptr) view.given.assign(graph.inputs()->begin(), graph.inputs()->end());
    verifyGraph(view);
    expectContents(graph);
    expectInputsGiven(graph, view.given);
    for (const int32_t index : *graph.outputs()) {
        if (index < 0 || static_cast<size_t>(index) >= graph.tensors()->size()) {
            invalid("subgraph '" + graph.name()->str() + "': output " + std::to_string(index));
        }
    }
    expectUniqueNames(graph);
    for (flatbuffers::uoffset_t i = 0; i < graph.nodes()->size(); i++) {
        const std::string where =
            "subgraph '" + graph.name()->str() + "', " + describe(*graph.nodes()->Get(i), i);
        verifyOp(*graph.nodes()->Get(i), sidecar, where);
        verifySurvivesRepacking(*graph.nodes()->Get(i), where);
        verifyControlFlow(*graph.nodes()->Get(i), net, where);
    }
}

// Module::load reads the metadata as a table without having verified it.
void verifyMetadata(const MNN::Net& net) {
    const auto* info = net.extraInfo();
    if (info == nullptr || info->buffer() == nullptr || info->buffer()->size() == 0) return;
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(info->buffer()->data()),
                                   info->buffer()->size());
    if (info->buffer()->size() < 8 || !verifier.VerifyBuffer<MNN::Extra>(nullptr)) {
        invalid("its metadata does not verify");
    }
}

} // namespace

void verifyMnnModel(const void* data, size_t size, uint64_t weightFileBytes) {
    // Interpreter::createFromBuffer casts the size to int (H11).
    if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
        throw Error("TWINFER_MODEL_UNSUPPORTED",
                    "expected a model below 2 GiB, received " + std::to_string(size) + " bytes",
                    "Save the weights in a separate file (--saveExternalData of the converter).");
    }
    if (!isNet(data, size)) refuseBytes(data, size);
    // FlatBufferBuilder pads what it finishes; a file without its last padding bytes still verifies.
    if (size % sizeof(flatbuffers::uoffset_t) != 0) {
        throw Error("TWINFER_MODEL_TRUNCATED",
                    "the MNN model was cut short: expected a multiple of 4 bytes, received " +
                        std::to_string(size),
                    "Copy or download the file again and compare its size.");
    }

    const MNN::Net& net = *MNN::GetNet(data);
    const Sidecar sidecar{weightFileBytes};
    verifyGraph({net.oplists(), net.tensorName(), {}, net.usage() == MNN::Usage_INFERENCE_STATIC});
    verifyDescriptions(net);
    verifyMetadata(net);
    for (flatbuffers::uoffset_t i = 0; i < net.oplists()->size(); i++) {
        const MNN::Op& op = *net.oplists()->Get(i);
        const std::string where = describe(op, i);
        if (op.outputIndexes() == nullptr) invalid(where + ": no outputs");
        verifyOp(op, sidecar, where);
        verifyControlFlow(op, net, where);
    }
    if (net.subgraphs() == nullptr) return;
    for (const MNN::SubGraphProto* graph : *net.subgraphs()) verifySubgraph(*graph, net, sidecar);
}

} // namespace twinfer
