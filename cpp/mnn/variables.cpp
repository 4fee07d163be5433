#include "variables.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include <MNN/expr/NeuralNetWorkOp.hpp>

#include "../error.h"
#include "../runner/destination.h"
#include "tensor_access.h"

namespace twinfer::mnn {

using namespace MNN::Express;

Dimensionformat formatOf(Layout layout) {
    switch (layout) {
    case Layout::NHWC: return NHWC;
    case Layout::NC4HW4: return NC4HW4;
    default: return NCHW;
    }
}

Layout layoutOf(Dimensionformat format) {
    return format == NHWC ? Layout::NHWC : Layout::NCHW;
}

VARP variableOver(const InputView& input, DType dtype, Dimensionformat format) {
    Variable::Info info;
    info.order = format == NHWC ? NHWC : NCHW;
    info.dim = input.shape;
    info.type = halideOf(dtype);
    info.syncSize();
    const VARP variable = Variable::create(Expr::create(std::move(info), input.data, VARP::INPUT, Expr::REF));
    return format == NC4HW4 ? _Convert(variable, NC4HW4) : variable;
}

OutputTensor readVariable(VARP variable, const std::string& name, const Destination& destination) {
    if (variable.get() != nullptr) {
        const Variable::Info* packed = variable->getInfo();
        if (packed != nullptr && packed->order == NC4HW4) variable = _Convert(variable, NCHW);
    }
    const Variable::Info* info = variable.get() == nullptr ? nullptr : variable->getInfo();
    if (info == nullptr) throw Error("TWINFER_ENGINE_FAILED", "MNN could not compute output '" + name + "'");
    OutputTensor output{info->dim, dtypeOf(info->type), layoutOf(info->order), 0, nullptr, nullptr, true};
    output.bytes = static_cast<size_t>(elementsOf(output.shape)) * bytesOf(output.dtype);
    const void* content = variable->readMap<void>();
    if (content == nullptr && output.bytes > 0) {
        throw Error("TWINFER_ENGINE_FAILED", "MNN could not compute output '" + name + "'");
    }
    void* data = destination.data;
    if (data != nullptr) {
        checkDestination(destination, output);
    } else {
        data = std::malloc(output.bytes == 0 ? 1 : output.bytes);
        if (data == nullptr) throw std::bad_alloc();
        output.owner = std::shared_ptr<const void>(data, std::free);
    }
    if (output.bytes > 0) std::memcpy(data, content, output.bytes);
    output.data = data;
    return output;
}

} // namespace twinfer::mnn
