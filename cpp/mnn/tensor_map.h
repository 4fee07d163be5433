#pragma once

#include <functional>
#include <memory>

#include "tensor_handle.h"

namespace twinfer::mnn {

// Tensor::map, undone exactly once: by unmap(), by the session's resize or release, or at the end.
class TensorMap {
  public:
    // Throws TWINFER_LAYOUT_MISMATCH for NC4HW4 on a tensor that is not packed by 4, whose malloc MNN
    // would overflow (H8), and TWINFER_ENGINE_FAILED when the backend gives no memory.
    static std::shared_ptr<TensorMap> create(const std::shared_ptr<TensorHandle>& tensor, bool write,
                                             Layout layout);

    ~TensorMap();
    TensorMap(const TensorMap&) = delete;
    TensorMap& operator=(const TensorMap&) = delete;

    void* data() const { return data_; }
    size_t bytes() const { return bytes_; }
    DType dtype() const { return dtype_; }
    // In the layout asked for.
    const Shape& shape() const { return shape_; }
    bool mapped() const { return mapped_; }
    bool writes() const { return write_; }

    // Called once, before the memory goes. Must not throw.
    void onUnmap(std::function<void()> callback) { onUnmap_ = std::move(callback); }
    // Converts what was written back into the tensor where the map was a copy.
    void unmap();

  private:
    TensorMap(std::shared_ptr<TensorHandle> tensor, bool write, Layout layout);

    std::shared_ptr<TensorHandle> tensor_;
    std::shared_ptr<SessionHandle> session_;
    std::function<void()> onUnmap_;
    void* data_ = nullptr;
    size_t bytes_ = 0;
    DType dtype_;
    Shape shape_;
    Layout layout_;
    bool write_;
    bool mapped_ = false;
};

} // namespace twinfer::mnn
