#include "tensor_access.h"

#include "../error.h"
#include "core/TensorUtils.hpp"

namespace twinfer::mnn {

DType dtypeOf(halide_type_t type) {
    switch (type.code) {
    case halide_type_float:
        if (type.bits == 32) return DType::float32;
        break;
    case halide_type_bfloat:
        if (type.bits == 16) return DType::bfloat16;
        break;
    case halide_type_int:
        if (type.bits == 8) return DType::int8;
        if (type.bits == 16) return DType::int16;
        if (type.bits == 32) return DType::int32;
        if (type.bits == 64) return DType::int64;
        break;
    case halide_type_uint:
        if (type.bits == 8) return DType::uint8;
        if (type.bits == 16) return DType::uint16;
        if (type.bits == 32) return DType::uint32;
        break;
    default: break;
    }
    throw Error("TWINFER_MODEL_UNSUPPORTED", "a tensor of type code " + std::to_string(type.code) + " with " +
                                                 std::to_string(type.bits) + " bits holds no numbers");
}

halide_type_t halideOf(DType dtype) {
    const auto bits = static_cast<uint8_t>(bytesOf(dtype) * 8);
    switch (dtype) {
    case DType::float32:
    case DType::float64:
    case DType::float16: return {halide_type_float, bits};
    case DType::bfloat16: return {halide_type_bfloat, bits};
    case DType::int8:
    case DType::int16:
    case DType::int32:
    case DType::int64: return {halide_type_int, bits};
    default: return {halide_type_uint, bits};
    }
}

Layout formatOf(const MNN::Tensor& tensor) {
    switch (MNN::TensorUtils::getDescribe(&tensor)->dimensionFormat) {
    case MNN::MNN_DATA_FORMAT_NHWC: return Layout::NHWC;
    case MNN::MNN_DATA_FORMAT_NC4HW4: return Layout::NC4HW4;
    default: return Layout::NCHW;
    }
}

MNN::Tensor::DimensionType dimensionTypeOf(Layout layout) {
    switch (layout) {
    case Layout::NHWC: return MNN::Tensor::TENSORFLOW;
    case Layout::NC4HW4: return MNN::Tensor::CAFFE_C4;
    default: return MNN::Tensor::CAFFE;
    }
}

Shape shapeOf(const MNN::Tensor& tensor) {
    Shape shape(static_cast<size_t>(tensor.dimensions()));
    for (size_t i = 0; i < shape.size(); i++) shape[i] = tensor.length(static_cast<int>(i));
    return shape;
}

bool isOnCpu(const MNN::Tensor& tensor) {
    const MNN::Backend* backend = MNN::TensorUtils::getDescribeOrigin(&tensor)->getBackend();
    return backend == nullptr || backend->type() == MNN_FORWARD_CPU ||
           backend->type() == MNN_FORWARD_CPU_EXTENSION;
}

bool isPlainHostMemory(MNN::Tensor& tensor) {
    if (!isOnCpu(tensor) || formatOf(tensor) == Layout::NC4HW4 || tensor.host<void>() == nullptr)
        return false;
    if (MNN::TensorUtils::getDescribe(&tensor)->applyQuant) return false;
    const auto type = dimensionTypeOf(layoutOf(tensor));
    void* mapped = tensor.map(MNN::Tensor::MAP_TENSOR_READ, type);
    const bool direct = mapped != nullptr && mapped == tensor.host<void>();
    tensor.unmap(MNN::Tensor::MAP_TENSOR_READ, type, mapped);
    return direct;
}

HostTensor hostTensorOver(const MNN::Tensor& tensor, void* data) {
    // create() allocates when it is given no memory; the pointer is set afterwards for every run.
    static char nowhere;
    return HostTensor(MNN::Tensor::create(shapeOf(tensor), tensor.getType(),
                                          data == nullptr ? &nowhere : data,
                                          dimensionTypeOf(layoutOf(tensor))));
}

} // namespace twinfer::mnn
