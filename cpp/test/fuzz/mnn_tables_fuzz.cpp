// An .mnn with sound tables and senseless contents. Mutations of a file's bytes hardly ever add a table; here
// one is written along the schema, and the input is what is decided by: which fields there are, and their
// values.
#include <string>
#include <vector>

#include "MNN_generated.h"
#include "decisions.h"
#include "format/mnn/operator_rule.h"
#include "read_mnn.h"

using namespace flatbuffers;
using twinfer::Decisions;

namespace {

constexpr int kTensors = 8;

// A scalar, or where what a field refers to was written.
struct Field {
    voffset_t at;
    ElementaryType type;
    int64_t value;
};

class Writer {
  public:
    explicit Writer(Decisions& decisions) : decide_(decisions) { out_.ForceDefaults(true); }

    void writeNet() {
        std::vector<Offset<MNN::SubGraphProto>> subgraphs;
        for (int i = decide_.byte() % 3; i > 0; i--) subgraphs.push_back(writeSubgraph("g" + name(i)));
        const auto ops = writeOps();
        const auto names = writeNames();
        const auto graphs = out_.CreateVector(subgraphs);
        const Field info = {0, ET_SEQUENCE, writeTable(*MNN::ExtraInfoTypeTable(), 1)};
        const auto describes = writeDescribes();
        MNN::NetBuilder net(out_);
        net.add_oplists(ops);
        net.add_tensorName(names);
        net.add_tensorNumber(kTensors);
        net.add_subgraphs(graphs);
        net.add_extraInfo(Offset<MNN::ExtraInfo>(uoffset_t(info.value)));
        net.add_extraTensorDescribe(describes);
        net.add_usage(static_cast<MNN::Usage>(decide_.byte() % 3));
        MNN::FinishNetBuffer(out_, net.Finish());
    }

    const uint8_t* data() const { return out_.GetBufferPointer(); }
    size_t size() const { return out_.GetSize(); }

  private:
    static std::string name(int i) { return std::to_string(i); }

    Offset<Vector<Offset<String>>> writeNames() {
        std::vector<std::string> names;
        for (int i = 0; i < kTensors; i++) names.push_back("t" + name(i));
        return out_.CreateVectorOfStrings(names);
    }

    Offset<Vector<Offset<MNN::TensorDescribe>>> writeDescribes() {
        std::vector<Offset<MNN::TensorDescribe>> all;
        for (int i = decide_.byte() % 3; i > 0; i--)
            all.push_back(uoffset_t(writeTable(*MNN::TensorDescribeTypeTable(), 1)));
        return out_.CreateVector(all);
    }

    // Two inputs, then operators that read what was made before.
    Offset<Vector<Offset<MNN::Op>>> writeOps() {
        std::vector<Offset<MNN::Op>> ops;
        for (int i = 0; i < kTensors && (i < 3 || decide_.areLeft()); i++)
            ops.push_back(i < 2 ? writeOp(MNN::OpType_Input, {}, {i}, 1) : writeAnyOp(i, 1));
        return out_.CreateVector(ops);
    }

    Offset<MNN::SubGraphProto> writeSubgraph(const std::string& called) {
        const auto nodes = writeOps();
        const auto tensors = writeNames();
        const auto name = out_.CreateString(called);
        const auto inputs = out_.CreateVector(std::vector<int32_t>{0, 1});
        const auto outputs = out_.CreateVector(std::vector<int32_t>{decide_.byte() % kTensors});
        return MNN::CreateSubGraphProto(out_, name, inputs, outputs, tensors, nodes);
    }

    Offset<MNN::Op> writeAnyOp(int output, int depth) {
        const auto& types = MNN::EnumValuesOpType();
        const MNN::OpType type = types[decide_.byte() % std::size(types)];
        std::vector<int32_t> inputs(decide_.byte() % 7);
        for (int32_t& input : inputs) input = decide_.byte() % std::max(output, 1);
        return writeOp(type, inputs, {output}, depth);
    }

    Offset<MNN::Op> writeOp(MNN::OpType type, std::vector<int32_t> inputs, std::vector<int32_t> outputs,
                            int depth) {
        const auto* rule = twinfer::mnn::ruleFor(type);
        MNN::OpParameter kind = rule == nullptr ? MNN::OpParameter_NONE : rule->parameter;
        if (kind == MNN::OpParameter_NONE)
            kind = static_cast<MNN::OpParameter>(decide_.byte() % (MNN::OpParameter_MAX + 1));
        if (rule != nullptr && inputs.size() < rule->leastInputs) inputs.resize(rule->leastInputs);
        const auto& tables = *MNN::OpParameterTypeTable();
        const uoffset_t main =
            kind == MNN::OpParameter_NONE
                ? 0
                : uoffset_t(writeTable(*tables.type_refs[tables.type_codes[kind].sequence_ref](), depth + 1));
        const auto read = out_.CreateVector(inputs), made = out_.CreateVector(outputs);
        MNN::OpBuilder op(out_);
        op.add_type(type);
        op.add_inputIndexes(read);
        op.add_outputIndexes(made);
        op.add_main_type(kind);
        if (main != 0) op.add_main(Offset<void>(main));
        return op.Finish();
    }

    int64_t writeTable(const TypeTable& type, int depth) {
        if (&type == MNN::OpTypeTable()) return writeAnyOp(kTensors, depth).o;
        std::vector<Field> fields;
        uint8_t present = 0;
        for (size_t i = 0; i < type.num_elems; i++) {
            if (i % 8 == 0) present = decide_.byte();
            const TypeCode code = type.type_codes[i];
            const TypeTable* of = code.sequence_ref < 0 ? nullptr : type.type_refs[code.sequence_ref]();
            const auto base = static_cast<ElementaryType>(code.base_type);
            const bool isUnion = base == ET_UTYPE || (of != nullptr && of->st == ST_UNION); // only in an Op
            if ((present >> i % 8 & 1) == 0 || isUnion || (base == ET_SEQUENCE && depth > 5)) continue;
            const auto at = static_cast<voffset_t>(4 + 2 * i);
            const bool refers = code.is_vector || base >= ET_STRING;
            fields.push_back({at, refers ? ET_SEQUENCE : base,
                              code.is_vector ? writeVector(base, of, depth) : value(base, of, depth)});
        }
        const uoffset_t start = out_.StartTable();
        for (const Field& field : fields) add(field);
        return out_.EndTable(start);
    }

    int64_t value(ElementaryType type, const TypeTable* of, int depth) {
        if (type == ET_STRING) return out_.CreateString("t" + name(decide_.byte() % kTensors)).o;
        if (type == ET_SEQUENCE) return writeTable(*of, depth + 1);
        const int64_t number = decide_.number();
        if (of == nullptr) return number;
        const auto index = static_cast<uint64_t>(number) % of->num_elems;
        return of->values == nullptr ? int64_t(index) : of->values[index];
    }

    int64_t writeVector(ElementaryType type, const TypeTable* of, int depth) {
        const size_t length = decide_.length();
        std::vector<int64_t> values;
        // A long one repeats its last value, or the input would have to be as long.
        for (size_t i = 0; i < length; i++) values.push_back(i < 8 ? value(type, of, depth) : values.back());
        const size_t bytes = type == ET_LONG || type == ET_ULONG || type == ET_DOUBLE ? 8
                             : type == ET_BOOL || type == ET_CHAR || type == ET_UCHAR ? 1
                             : type == ET_SHORT || type == ET_USHORT                  ? 2
                                                                                      : 4;
        out_.StartVector(length, bytes);
        for (size_t i = length; i > 0; i--) push(type, values[i - 1]);
        return out_.EndVector(length);
    }

    void push(ElementaryType type, int64_t value) {
        switch (type) {
        case ET_BOOL: out_.PushElement(static_cast<uint8_t>(value & 1)); break;
        case ET_CHAR:
        case ET_UCHAR: out_.PushElement(static_cast<uint8_t>(value)); break;
        case ET_SHORT:
        case ET_USHORT: out_.PushElement(static_cast<uint16_t>(value)); break;
        case ET_LONG:
        case ET_ULONG: out_.PushElement(value); break;
        case ET_FLOAT: out_.PushElement(static_cast<float>(value)); break;
        case ET_DOUBLE: out_.PushElement(static_cast<double>(value)); break;
        case ET_STRING:
        case ET_SEQUENCE: out_.PushElement(Offset<void>(static_cast<uoffset_t>(value))); break;
        default: out_.PushElement(static_cast<int32_t>(value));
        }
    }

    void add(const Field& field) {
        push(field.type, field.value);
        out_.TrackField(field.at, out_.GetSize());
    }

    FlatBufferBuilder out_;
    Decisions& decide_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Decisions decisions(data, size);
    Writer writer(decisions);
    writer.writeNet();
    // At its very end, where a read behind it is seen.
    const std::vector<uint8_t> file(writer.data(), writer.data() + writer.size());
    twinfer::readMnn(file.data(), file.size());
    return 0;
}
