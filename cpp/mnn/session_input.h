#pragma once

#include <MNN/Tensor.hpp>

#include "../runner/runner.h"
#include "tensor_access.h"

namespace twinfer::mnn {

// One input of a session. In Session_Input_User mode the tensor reads the caller's memory directly:
// its host pointer is swapped for each run, which needs no resize on the CPU (docs/engines.md, "Zero copy
// in").
class SessionInput {
  public:
    SessionInput(MNN::Tensor* tensor, TensorSpec spec, Shape shape)
        : tensor_(tensor), spec_(std::move(spec)), shape_(std::move(shape)) {}

    MNN::Tensor* tensor() const { return tensor_; }
    const TensorSpec& spec() const { return spec_; }
    const Shape& shape() const { return shape_; }
    void setShape(const Shape& shape) { shape_ = shape; }

    void point(const void* data) {
        tensor_->buffer().host = const_cast<uint8_t*>(static_cast<const uint8_t*>(data));
    }

    // After every resize, for copy().
    void refresh() { host_ = hostTensorOver(*tensor_, nullptr); }

    // The input has been checked: MNN itself would copy any size (H7). Throws TWINFER_ENGINE_FAILED.
    void copy(const void* data);

  private:
    MNN::Tensor* tensor_;
    HostTensor host_;
    TensorSpec spec_;
    Shape shape_;
};

} // namespace twinfer::mnn
