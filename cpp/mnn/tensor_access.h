#pragma once

#include <memory>

#include <MNN/Tensor.hpp>

#include "../runner/runner.h"

namespace twinfer::mnn {

// Throws TWINFER_MODEL_UNSUPPORTED for a type without numbers (strings, handles).
DType dtypeOf(halide_type_t type);
halide_type_t halideOf(DType dtype);

// The tensor's real format: the public getDimensionType() calls NC4HW4 CAFFE (Tensor.cpp:204).
Layout formatOf(const MNN::Tensor& tensor);

// The layout it has outside the engine: packed tensors are unpacked into NCHW.
inline Layout layoutOf(const MNN::Tensor& tensor) {
    return formatOf(tensor) == Layout::NHWC ? Layout::NHWC : Layout::NCHW;
}

MNN::Tensor::DimensionType dimensionTypeOf(Layout layout);

Shape shapeOf(const MNN::Tensor& tensor);

bool isOnCpu(const MNN::Tensor& tensor);

// True when host<>() is plain memory of the tensor's own dtype in layoutOf(): on the CPU, not packed,
// and not held as fp16, bf16 or int8 inside. Costs a conversion when it is not.
bool isPlainHostMemory(MNN::Tensor& tensor);

// A tensor over memory that is not its own, to copy from or to with copyFromHostTensor and the like.
struct DestroyTensor {
    void operator()(MNN::Tensor* tensor) const { MNN::Tensor::destroy(tensor); }
};
using HostTensor = std::unique_ptr<MNN::Tensor, DestroyTensor>;
HostTensor hostTensorOver(const MNN::Tensor& tensor, void* data);

} // namespace twinfer::mnn
