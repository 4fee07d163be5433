#include "model_piece.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "../error.h"
#include "MNN_generated.h"
#include "shape/SizeComputer.hpp"
#include "verified_model.h"

namespace twinfer::mnn {

namespace {

// What these give depends on the shape of what they are given, never on the values.
bool readsShapeOnly(const MNN::Op& op) {
    return op.type() == MNN::OpType_Shape || op.type() == MNN::OpType_Rank || op.type() == MNN::OpType_Size;
}

MNN::DataType dataTypeOf(DType dtype) {
    switch (dtype) {
    case DType::float32: return MNN::DataType_DT_FLOAT;
    case DType::int32: return MNN::DataType_DT_INT32;
    case DType::int8: return MNN::DataType_DT_INT8;
    case DType::uint8: return MNN::DataType_DT_UINT8;
    default: break;
    }
    throw Error("TWINFER_MODEL_UNSUPPORTED",
                std::string("expected a tensor of float32, int32, int8 or uint8, received ") + nameOf(dtype));
}

MNN::MNN_DATA_FORMAT formatOf(Layout layout) {
    switch (layout) {
    case Layout::NHWC: return MNN::MNN_DATA_FORMAT_NHWC;
    case Layout::NC4HW4: return MNN::MNN_DATA_FORMAT_NC4HW4;
    default: return MNN::MNN_DATA_FORMAT_NCHW;
    }
}

// A model that can be cut, and which of its operators to keep.
class Source {
  public:
    Source(const ModelFile& file, const std::vector<int>& operators) : verified_(verifyModel(file)) {
        net_ = MNN::GetNet(verified_.bytes->data());
        if (verified_.facts.needsModule) {
            throw Error(
                "TWINFER_MODEL_UNSUPPORTED",
                "expected a model without control flow, received one with " + verified_.facts.moduleReason,
                "A layer of such a model has no place of its own in the order of execution: cut it out of "
                "the original before it is converted.");
        }
        if (net_->usage() == MNN::Usage_INFERENCE_STATIC)
            throw Error("TWINFER_MODEL_UNSUPPORTED",
                        "expected a model that MNN sizes itself, received a static one");
        int before = -1;
        for (const int index : operators) {
            if (index <= before || size_t(index) >= net_->oplists()->size()) {
                throw Error("TWINFER_INVALID_ARGUMENT", "expected ascending operators from 0 to " +
                                                            std::to_string(net_->oplists()->size() - 1) +
                                                            ", received " + std::to_string(index));
            }
            before = index;
            kept_.push_back(net_->oplists()->Get(static_cast<flatbuffers::uoffset_t>(index)));
        }
    }

    const MNN::Net& net() const { return *net_; }
    const std::vector<const MNN::Op*>& kept() const { return kept_; }

    std::string tensor(int index) const {
        return net_->tensorName()->GetAsString(static_cast<flatbuffers::uoffset_t>(index))->str();
    }

    // The first of that name, as everywhere else.
    int indexOf(const std::string& name) const {
        for (int i = 0; size_t(i) < net_->tensorName()->size(); i++) {
            if (tensor(i) == name) return i;
        }
        throw Error("TWINFER_INVALID_ARGUMENT", "expected a tensor of the model, received '" + name + "'");
    }

  private:
    VerifiedModel verified_;
    const MNN::Net* net_;
    std::vector<const MNN::Op*> kept_;
};

// Takes operators over and numbers their tensors anew.
class Cutter {
  public:
    explicit Cutter(const Source& source) : source_(source) {
        const MNN::Net& whole = source.net();
        if (whole.extraInfo() != nullptr) net_.extraInfo.reset(whole.extraInfo()->UnPack());
        if (whole.bizCode() != nullptr) net_.bizCode = whole.bizCode()->str();
        net_.sourceType = whole.sourceType();
        net_.preferForwardType = whole.preferForwardType();
        net_.usage = whole.usage();
    }

    void give(const GivenTensor& given) {
        auto op = std::make_unique<MNN::OpT>();
        op->name = given.name;
        op->defaultDimentionFormat = formatOf(given.format);
        op->outputIndexes = {number(source_.indexOf(given.name))};
        if (!given.constant) {
            auto input = std::make_unique<MNN::InputT>();
            input->dims = given.shape;
            input->dtype = dataTypeOf(given.dtype);
            input->dformat = formatOf(onlyShapeIsRead(given) ? layoutOf(given.format) : given.format);
            op->type = MNN::OpType_Input;
            op->main.type = MNN::OpParameter_Input;
            op->main.value = input.release();
        } else {
            op->type = MNN::OpType_Const;
            op->main.type = MNN::OpParameter_Blob;
            op->main.value = constantOf(given).release();
        }
        net_.oplists.push_back(std::move(op));
    }

    void take(const MNN::Op& op) {
        std::unique_ptr<MNN::OpT> taken(op.UnPack());
        for (int& index : taken->inputIndexes) index = number(index);
        for (int& index : taken->outputIndexes) index = number(index);
        moveWeights(taken->main);
        net_.oplists.push_back(std::move(taken));
    }

    ModelPiece finish(const std::vector<std::string>& outputs) {
        for (const std::string& name : outputs) {
            if (numbers_.count(source_.indexOf(name)) == 0)
                throw Error("TWINFER_INVALID_ARGUMENT",
                            "expected an output of the piece, received '" + name + "'");
        }
        net_.outputName = outputs;
        net_.tensorName.resize(numbers_.size());
        for (const auto& [index, number] : numbers_) net_.tensorName[size_t(number)] = source_.tensor(index);
        net_.tensorNumber = static_cast<int>(numbers_.size());
        takeDescriptions();
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(MNN::Net::Pack(builder, &net_));
        piece_.model.assign(reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize());
        return std::move(piece_);
    }

  private:
    // MNN gives no memory to an input whose values nobody reads, and copies into a packed one.
    bool onlyShapeIsRead(const GivenTensor& given) const {
        const int index = source_.indexOf(given.name);
        return std::all_of(source_.kept().begin(), source_.kept().end(), [&](const MNN::Op* op) {
            const auto* inputs = op->inputIndexes();
            const bool reads =
                inputs != nullptr && std::find(inputs->begin(), inputs->end(), index) != inputs->end();
            return !reads || readsShapeOnly(*op);
        });
    }

    static Layout layoutOf(Layout format) { return format == Layout::NC4HW4 ? Layout::NCHW : format; }

    int number(int index) { return numbers_.emplace(index, static_cast<int>(numbers_.size())).first->second; }

    static std::unique_ptr<MNN::BlobT> constantOf(const GivenTensor& given) {
        auto blob = std::make_unique<MNN::BlobT>();
        blob->dims = given.shape;
        blob->dataType = dataTypeOf(given.dtype);
        blob->dataFormat = formatOf(given.format);
        const auto count = static_cast<size_t>(elementsOf(given.shape));
        const auto fill = [&](auto& values) {
            values.resize(count);
            if (count > 0) std::memcpy(values.data(), given.data, count * sizeof values[0]);
        };
        switch (given.dtype) {
        case DType::float32: fill(blob->float32s); break;
        case DType::int32: fill(blob->int32s); break;
        case DType::int8: fill(blob->int8s); break;
        default: fill(blob->uint8s); break;
        }
        return blob;
    }

    // [offset, bytes, bytes …]: what is loaded stands one behind the other from the offset on.
    void moveWeights(MNN::OpParameterUnion& main) {
        std::vector<int64_t>* place = nullptr;
        switch (main.type) {
        case MNN::OpParameter_Convolution2D: place = &main.AsConvolution2D()->external; break;
        case MNN::OpParameter_Convolution3D: place = &main.AsConvolution3D()->external; break;
        case MNN::OpParameter_Scale: place = &main.AsScale()->external; break;
        case MNN::OpParameter_Blob: place = &main.AsBlob()->external; break;
        case MNN::OpParameter_LayerNorm: place = &main.AsLayerNorm()->external; break;
        case MNN::OpParameter_GroupNorm: place = &main.AsGroupNorm()->external; break;
        default: return;
        }
        if (place->empty()) return;
        int64_t bytes = 0;
        for (size_t i = 1; i < place->size(); i++) bytes += (*place)[i];
        piece_.weights.emplace_back((*place)[0], bytes);
        (*place)[0] = weightBytes_;
        weightBytes_ += bytes;
    }

    // Scales of quantised tensors.
    void takeDescriptions() {
        const auto* descriptions = source_.net().extraTensorDescribe();
        for (flatbuffers::uoffset_t i = 0; descriptions != nullptr && i < descriptions->size(); i++) {
            const auto found = numbers_.find(descriptions->Get(i)->index());
            if (found == numbers_.end()) continue;
            std::unique_ptr<MNN::TensorDescribeT> taken(descriptions->Get(i)->UnPack());
            taken->index = found->second;
            net_.extraTensorDescribe.push_back(std::move(taken));
        }
    }

    const Source& source_;
    MNN::NetT net_;
    std::map<int, int> numbers_; // from the whole's to the piece's
    int64_t weightBytes_ = 0;
    ModelPiece piece_;
};

} // namespace

std::vector<std::string> sizingTensors(const ModelFile& model, const std::vector<int>& operators) {
    const Source source(model, operators);
    std::set<int> asked, made;
    for (auto op = source.kept().rbegin(); op != source.kept().rend(); ++op) {
        const auto* inputs = (*op)->inputIndexes();
        const auto* outputs = (*op)->outputIndexes();
        if (outputs != nullptr) made.insert(outputs->begin(), outputs->end());
        if (inputs == nullptr) continue;
        const bool isAsked =
            outputs != nullptr &&
            std::any_of(outputs->begin(), outputs->end(), [&](int index) { return asked.count(index) > 0; });
        if (isAsked && !readsShapeOnly(**op)) asked.insert(inputs->begin(), inputs->end());
        for (const int index : MNN::SizeComputer::needInputContent(*op, static_cast<int>(inputs->size()))) {
            if (index >= 0 && size_t(index) < inputs->size())
                asked.insert(inputs->Get(static_cast<flatbuffers::uoffset_t>(index)));
        }
    }
    std::vector<std::string> names;
    for (const int index : asked) {
        if (made.count(index) == 0) names.push_back(source.tensor(index));
    }
    return names;
}

ModelPiece cutModel(const ModelFile& model, const std::vector<int>& operators,
                    const std::vector<GivenTensor>& given, const std::vector<std::string>& outputs) {
    const Source source(model, operators);
    Cutter cutter(source);
    for (const GivenTensor& tensor : given) cutter.give(tensor);
    for (const MNN::Op* op : source.kept()) cutter.take(*op);
    return cutter.finish(outputs);
}

} // namespace twinfer::mnn
