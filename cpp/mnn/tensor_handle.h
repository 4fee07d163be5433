#pragma once

#include <memory>
#include <string>

#include "../runner/runner.h"
#include "tensor_access.h"

namespace twinfer::mnn {

class SessionHandle;

// An input or output of a Session, which owns it. Every access checks that it still does.
class TensorHandle {
  public:
    TensorHandle(std::weak_ptr<SessionHandle> session, MNN::Tensor* tensor, std::string name, bool input)
        : session_(std::move(session)), tensor_(tensor), name_(std::move(name)), input_(input) {}

    const std::string& name() const { return name_; }
    bool isInput() const { return input_; }
    // Throws TWINFER_DISPOSED after the session was released.
    MNN::Tensor& tensor() const;
    std::shared_ptr<SessionHandle> session() const;

    Shape shape() const { return shapeOf(tensor()); }
    DType dtype() const { return dtypeOf(tensor().getType()); }
    // NC4HW4 shows here, as it does nowhere in MNN's public interface.
    Layout format() const { return formatOf(tensor()); }
    Layout layout() const { return layoutOf(tensor()); }

    // `data` in layout(), which is checked against shape and dtype: MNN copies the source's size (H7).
    void copyFromHost(const InputView& data);
    OutputTensor copyToHost(const Destination& destination) const;

    void forget() { tensor_ = nullptr; }
    // Throws TWINFER_INVALID_STATE before resizeSession and in Session_Input_User mode.
    void expectMemory() const;

  private:
    std::weak_ptr<SessionHandle> session_;
    MNN::Tensor* tensor_;
    std::string name_;
    bool input_;
};

} // namespace twinfer::mnn
