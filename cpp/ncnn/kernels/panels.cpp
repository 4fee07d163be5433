#include "panels.h"

#include <new>

namespace twinfer::kernels {

void Panels::pack(const KernelSet& set, int outputs, int steps, const float* bias,
                  const std::function<float(int, int)>& weight) {
    width_ = set.width;
    const int blocks = (outputs + width_ - 1) / width_;
    const int count = (blocks + set.widestPanel - 1) / set.widestPanel;
    weights_.create(blocks * width_ * steps, size_t(4));
    bias_.create(blocks * width_, size_t(4));
    if (weights_.empty() || bias_.empty()) throw std::bad_alloc();
    for (int o = 0; o < blocks * width_; o++)
        bias_[size_t(o)] = bias != nullptr && o < outputs ? bias[o] : 0.f;
    float* to = weights_;
    panels_.clear();
    for (int p = 0, first = 0; p < count; p++) {
        const int wide = (blocks - first + (count - p) - 1) / (count - p); // as even as they can be
        panels_.push_back({first, wide, size_t(to - static_cast<float*>(weights_))});
        for (int step = 0; step < steps; step++) {
            for (int o = first * width_; o < (first + wide) * width_; o++)
                *to++ = o < outputs ? weight(o, step) : 0.f;
        }
        first += wide;
    }
}

void Panels::fill(int panel, RowJob& job) const {
    const Panel& it = panels_[size_t(panel)];
    job.weights = static_cast<const float*>(weights_) + it.at;
    job.bias = static_cast<const float*>(bias_) + it.firstBlock * width_;
    job.blocks = it.blocks;
    job.firstBlock = it.firstBlock;
}

} // namespace twinfer::kernels
