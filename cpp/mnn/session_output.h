#pragma once

#include <MNN/Tensor.hpp>

#include "../runner/runner.h"
#include "tensor_access.h"

namespace twinfer::mnn {

// One output of a session: what it takes to read it is found out once for each resize, not per run.
class SessionOutput {
  public:
    explicit SessionOutput(MNN::Tensor* tensor) : tensor_(tensor) {}

    // After every resize: shape, type and whether host<>() can be read as it is.
    void refresh();

    const Shape& shape() const { return shape_; }
    DType dtype() const { return dtype_; }
    Layout layout() const { return layout_; }

    // Into the destination when it has memory, into new memory otherwise: the session overwrites its
    // own in the next run. Packed (NC4HW4), fp16-held and GPU tensors are converted on the way.
    OutputTensor read(const Destination& destination);

  private:
    bool changed() const;

    MNN::Tensor* tensor_;
    HostTensor host_; // a view in the outside layout, for everything that is not plain memory
    Shape shape_;
    DType dtype_ = DType::float32;
    Layout layout_ = Layout::NCHW;
    size_t bytes_ = 0;
    bool plain_ = false;
};

} // namespace twinfer::mnn
