#pragma once

#include <vector>

#include <ncnn/mat.h>

#include "../format/ncnn/param_file.h"
#include "../tensor/shape.h"

namespace twinfer {

// The blobs of a network that a detector makes. It may find nothing, for which ncnn has no word: most leave
// an empty Mat and report success, YoloDetectionOutput leaves its own input in place of boxes. A layer behind
// one would read the empty Mat or take the feature map for boxes, and in light mode ncnn would compute the
// detector again from inputs that are gone.
class Detectors {
  public:
    explicit Detectors(const ParamFile& param);

    // True when `mat`, the result of this blob's layer, holds no findings.
    bool foundNothing(int blob, const ncnn::Mat& mat) const;
    // The shape of nothing: [0,6] for boxes and copies of them, [0] for what else is made of them.
    Shape nothing(int blob) const { return boxes_[blob] ? Shape{0, 6} : Shape{0}; }
    // The detectors' blobs that this one is made from, itself not included; most have none.
    const std::vector<int>& before(int blob) const { return before_[blob]; }

  private:
    // By blob.
    std::vector<char> boxes_;
    std::vector<char> inPlace_;
    std::vector<std::vector<int>> before_;
};

} // namespace twinfer
