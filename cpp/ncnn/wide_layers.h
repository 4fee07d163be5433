#pragma once

#include <utility>
#include <vector>

#include <ncnn/layer.h>
#include <ncnn/net.h>

namespace twinfer {

// Layers that compute in fp32 within a Net that keeps blobs in 16 bits, and where ncnn (20261020) would let
// them read one for the other, past its end: two cases, both mended around the load of the weights.
//
// A layer that stores no 16 bits is handed fp32, but makes the layers inside it for what the Net stores: a
// convolution of groups on x86 (convolutiondepthwise_x86.cpp, create_group_ops), the Gemm of a
// DeformableConv2D. They get fp32 weights here, by a mask that lasts for the load: one that stays would
// keep ncnn from widening.
//
// A layer that its feature mask (parameter 31) takes out of the storage is handed what comes, since ncnn
// widens for layers that it believes to be in it alone (NetPrivate::convert_layout). It is put into one that
// is, and stores no 16 bits; so is Dequantize, which reads 32. Split is left alone: it looks at no value, and
// hands on what it gets.
class WideLayers {
  public:
    // After load_param.
    explicit WideLayers(ncnn::Net& net);
    ~WideLayers();
    WideLayers(const WideLayers&) = delete;
    WideLayers& operator=(const WideLayers&) = delete;

    // After load_model, once it succeeded.
    void wrapMasked();

  private:
    ncnn::Net& net_;
    std::vector<std::pair<ncnn::Layer*, int>> before_; // with masks that come back
    std::vector<size_t> masked_;
};

// The layer that does the work: this one, or the one in it.
const ncnn::Layer* insideOf(const ncnn::Layer* layer);

} // namespace twinfer
