#include "tensor_map.h"

#include "../error.h"
#include "core/Backend.hpp"
#include "core/TensorUtils.hpp"
#include "session_handle.h"

namespace twinfer::mnn {

namespace {

// AVX2, AVX-512 and fp16 kernels pack by 8 or 16, and a GPU by images: only plain CPU tensors are what
// the name says.
bool isPackedByFour(const MNN::Tensor& tensor) {
    if (formatOf(tensor) != Layout::NC4HW4) return false;
    const MNN::Backend* backend = MNN::TensorUtils::getDescribeOrigin(&tensor)->getBackend();
    return backend != nullptr && backend->type() == MNN_FORWARD_CPU;
}

Shape shapeIn(const TensorHandle& tensor, Layout layout) {
    Shape shape = tensor.shape();
    if (shape.size() < 3 || (layout == Layout::NHWC) == (tensor.layout() == Layout::NHWC)) return shape;
    if (layout == Layout::NHWC) {
        shape.push_back(shape[1]);
        shape.erase(shape.begin() + 1);
    } else {
        shape.insert(shape.begin() + 1, shape.back());
        shape.pop_back();
    }
    return shape;
}

} // namespace

std::shared_ptr<TensorMap> TensorMap::create(const std::shared_ptr<TensorHandle>& tensor, bool write,
                                             Layout layout) {
    tensor->expectMemory();
    if (layout == Layout::NC4HW4 && !isPackedByFour(tensor->tensor())) {
        throw Error("TWINFER_LAYOUT_MISMATCH",
                    "tensor '" + tensor->name() +
                        "': expected NCHW or NHWC, received NC4HW4 for a tensor that is not "
                        "packed by 4",
                    "Map it as NCHW: MNN unpacks it.");
    }
    std::shared_ptr<TensorMap> map(new TensorMap(tensor, write, layout));
    map->session_->track(map);
    return map;
}

TensorMap::TensorMap(std::shared_ptr<TensorHandle> tensor, bool write, Layout layout)
    : tensor_(std::move(tensor)), session_(tensor_->session()), dtype_(tensor_->dtype()),
      shape_(shapeIn(*tensor_, layout)), layout_(layout), write_(write) {
    MNN::Tensor& mnn = tensor_->tensor();
    bytes_ = static_cast<size_t>(elementsOf(shape_)) * bytesOf(dtype_);
    if (layout == Layout::NC4HW4) bytes_ = mnn.usize(); // channels rounded up to 4
    data_ = mnn.map(write ? MNN::Tensor::MAP_TENSOR_WRITE : MNN::Tensor::MAP_TENSOR_READ,
                    dimensionTypeOf(layout));
    if (data_ == nullptr && bytes_ > 0) {
        throw Error("TWINFER_ENGINE_FAILED", "MNN could not map tensor '" + tensor_->name() + "'");
    }
    mapped_ = true;
}

TensorMap::~TensorMap() {
    onUnmap_ = nullptr;
    unmap();
}

void TensorMap::unmap() {
    if (!mapped_) return;
    mapped_ = false;
    if (onUnmap_) std::exchange(onUnmap_, nullptr)();
    tensor_->tensor().unmap(write_ ? MNN::Tensor::MAP_TENSOR_WRITE : MNN::Tensor::MAP_TENSOR_READ,
                            dimensionTypeOf(layout_), data_);
    data_ = nullptr;
}

} // namespace twinfer::mnn
