// Integer division that no divisor stops. MNN divides with the machine's instruction, which on x86 ends the
// process at a divisor of 0, and at -2^31 / -1; on ARM it gives 0, and -2^31. Divisors that a network
// computes, or is given, are known only while it runs, so ARM's results are what every machine computes here:
// a quotient of 0 and a remainder of the dividend itself. The linker hands us both ways to the function that
// divides (--wrap in cpp/CMakeLists.txt): MNN's registration of BinaryOp, and the loops that broadcast it.
// Compiled without RTTI, as it derives from a class of MNN's.
#include "backend/cpu/CPUBackend.hpp"
#include "backend/cpu/CPUBinary.hpp"
#include "boxes.h"
#include "wrapped_symbol.h"

using MNN::CPUBackend;
using MNN::Op;
using Tensors = std::vector<MNN::Tensor*>;

#define ADD_CREATOR _ZN3MNN10CPUBackend10addCreatorENS_6OpTypeEPNS0_7CreatorE
#define SELECT_FOR_INT _ZN3MNN9CPUBinary12selectForIntEi

extern "C" bool NAME(__real_, ADD_CREATOR)(MNN::OpType type, CPUBackend::Creator* creator);
extern "C" MNNBinaryExecute NAME(__real_, SELECT_FOR_INT)(int operation);

namespace twinfer::mnn {

namespace {

int32_t quotient(int32_t dividend, int32_t divisor) {
    return divisor == 0 ? 0 : static_cast<int32_t>(int64_t(dividend) / divisor);
}

int32_t remainder(int32_t dividend, int32_t divisor) {
    return divisor == 0 ? dividend : static_cast<int32_t>(int64_t(dividend) % divisor);
}

// ONNX's Mod and Python's: the sign is the divisor's.
int32_t modulus(int32_t dividend, int32_t divisor) {
    const int32_t rest = remainder(dividend, divisor);
    return divisor != 0 && rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest;
}

// `broadcast` is the operand that has one value only: 0, 1, or -1 for neither.
template <int32_t (*Divide)(int32_t, int32_t)>
void each(void* result, const void* dividends, const void* divisors, int count, int broadcast) {
    const auto* left = static_cast<const int32_t*>(dividends);
    const auto* right = static_cast<const int32_t*>(divisors);
    auto* out = static_cast<int32_t*>(result);
    for (int i = 0; i < count; i++)
        out[i] = Divide(left[broadcast == 0 ? 0 : i], right[broadcast == 1 ? 0 : i]);
}

// MNN computes FLOORMOD of integers from a quotient that is cut towards 0.
MNNBinaryExecute divisionOf(int operation) {
    switch (operation) {
    case MNN::BinaryOpOperation_REALDIV: return each<quotient>;
    case MNN::BinaryOpOperation_FLOORMOD: return each<remainder>;
    case MNN::BinaryOpOperation_MOD: return each<modulus>;
    default: return nullptr;
    }
}

// Stands in for MNN's creator of BinaryOp.
class GuardedBinary : public CPUBackend::Creator {
  public:
    const CPUBackend::Creator* inner = nullptr;

    MNN::Execution* onCreate(const Tensors& inputs, const Tensors& outputs, const Op* op,
                             MNN::Backend* backend) const override {
        const MNN::BinaryOp& parameter = *op->main_as_BinaryOp();
        const halide_type_t type = inputs[0]->getType();
        const MNNBinaryExecute divide =
            type.code == halide_type_int && type.bits == 32 ? divisionOf(parameter.opType()) : nullptr;
        if (divide == nullptr) return inner->onCreate(inputs, outputs, op, backend);
        return std::make_unique<MNN::CPUBinary>(backend, divide, parameter.activationType()).release();
    }
};

// In the place of MNN's: it divides by products of the sizes that it is given.
class SafeUnravel : public MNN::Execution {
  public:
    using MNN::Execution::Execution;

    MNN::ErrorCode onExecute(const Tensors& inputs, const Tensors& outputs) override {
        const int count = inputs[0]->elementSize(), sizes = inputs[1]->length(0);
        const auto* indices = inputs[0]->host<int32_t>();
        const auto* shape = inputs[1]->host<int32_t>();
        auto* places = outputs[0]->host<int32_t>();
        std::vector<int32_t> strides(size_t(sizes), 1);
        for (int k = sizes - 1; k > 0; k--)
            strides[size_t(k - 1)] = static_cast<int32_t>(uint32_t(strides[size_t(k)]) * uint32_t(shape[k]));
        for (int i = 0; i < count; i++) {
            int32_t rest = indices[i];
            for (int k = 0; k < sizes; k++) {
                places[i + k * count] = quotient(rest, strides[size_t(k)]);
                rest = remainder(rest, strides[size_t(k)]);
            }
        }
        return MNN::NO_ERROR;
    }
};

class SafeUnravelCreator : public CPUBackend::Creator {
  public:
    MNN::Execution* onCreate(const Tensors&, const Tensors&, const Op*,
                             MNN::Backend* backend) const override {
        return std::make_unique<SafeUnravel>(backend).release();
    }
};

} // namespace

} // namespace twinfer::mnn

extern "C" bool NAME(__wrap_, ADD_CREATOR)(MNN::OpType type, CPUBackend::Creator* creator) {
    static twinfer::mnn::GuardedBinary guarded;
    static twinfer::mnn::SafeUnravelCreator unravel;
    if (CPUBackend::Creator* boxes = twinfer::mnn::creatorOfBoxes(type))
        return NAME(__real_, ADD_CREATOR)(type, boxes);
    if (type == MNN::OpType_UnravelIndex) return NAME(__real_, ADD_CREATOR)(type, &unravel);
    if (type != MNN::OpType_BinaryOp) return NAME(__real_, ADD_CREATOR)(type, creator);
    guarded.inner = creator;
    return NAME(__real_, ADD_CREATOR)(type, &guarded);
}

extern "C" MNNBinaryExecute NAME(__wrap_, SELECT_FOR_INT)(int operation) {
    const MNNBinaryExecute divide = twinfer::mnn::divisionOf(operation);
    return divide != nullptr ? divide : NAME(__real_, SELECT_FOR_INT)(operation);
}
