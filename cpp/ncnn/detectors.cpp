#include "detectors.h"

#include <algorithm>

namespace twinfer {

namespace {

bool mayBeEmpty(const std::string& type) {
    return type == "DetectionOutput" || type == "YoloDetectionOutput" || type == "Yolov3DetectionOutput" ||
           type == "Diag";
}

bool copies(const std::string& type) {
    return type == "Split" || type == "Noop" || type == "Dropout" || type == "DeepCopy";
}

} // namespace

Detectors::Detectors(const ParamFile& param)
    : boxes_(param.blobs.size(), 0), inPlace_(param.blobs.size(), 0), before_(param.blobs.size()) {
    std::vector<char> made(param.blobs.size(), 0);
    for (const ParamLayer& layer : param.layers) {
        std::vector<int> before;
        for (const int bottom : layer.bottoms) {
            before.insert(before.end(), before_[bottom].begin(), before_[bottom].end());
            if (made[bottom]) before.push_back(bottom);
        }
        std::sort(before.begin(), before.end());
        before.erase(std::unique(before.begin(), before.end()), before.end());
        for (const int top : layer.tops) {
            before_[top] = before;
            boxes_[top] = copies(layer.type) && boxes_[layer.bottoms[0]];
        }
        if (!mayBeEmpty(layer.type)) continue;
        const int top = layer.tops[0];
        made[top] = 1;
        boxes_[top] = layer.type != "Diag";
        inPlace_[top] = layer.type == "YoloDetectionOutput";
    }
}

bool Detectors::foundNothing(int blob, const ncnn::Mat& mat) const {
    return mat.empty() || (inPlace_[blob] && mat.dims == 3);
}

} // namespace twinfer
