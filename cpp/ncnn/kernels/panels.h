#pragma once

#include <functional>
#include <vector>

#include <ncnn/mat.h>

#include "kernel_set.h"

namespace twinfer::kernels {

// A layer's weights in the order in which the row kernel reads them: in panels of some blocks of outputs.
class Panels {
  public:
    // `weight(output, step)` for the steps of a sum in the kernel's order; `bias` may be null.
    void pack(const KernelSet& set, int outputs, int steps, const float* bias,
              const std::function<float(int, int)>& weight);

    int count() const { return int(panels_.size()); }
    // The parts of a job that a panel decides.
    void fill(int panel, RowJob& job) const;

  private:
    struct Panel {
        int firstBlock, blocks;
        size_t at;
    };

    std::vector<Panel> panels_;
    ncnn::Mat weights_, bias_;
    int width_ = 0;
};

} // namespace twinfer::kernels
