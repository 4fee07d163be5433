#include "checked_scores.h"

#include <cmath>
#include <memory>

#include <ncnn/layer.h>
#include <ncnn/layer_type.h>

#include "../error.h"
#include "layer_around.h"

namespace twinfer {

namespace {

// Which inputs a detector takes its scores from.
struct Scores {
    size_t first, end;
    bool finite; // it makes them of differences, and one of two infinities is no number
};

constexpr size_t kAll = size_t(-1);

const Scores* scoresOf(int type) {
    static constexpr Scores proposal{0, 1, false}, ssd{1, 2, false}, yolo{0, kAll, true},
        yolov3{0, kAll, false};
    switch (type) {
    case ncnn::LayerType::Proposal: return &proposal;
    case ncnn::LayerType::DetectionOutput: return &ssd;
    case ncnn::LayerType::YoloDetectionOutput: return &yolo;
    case ncnn::LayerType::Yolov3DetectionOutput: return &yolov3;
    default: return nullptr;
    }
}

class ScoredLayer : public LayerAround {
  public:
    ScoredLayer(ncnn::Layer* inner, const Scores& scores) : LayerAround(inner), scores_(scores) {}

    int destroy_pipeline(const ncnn::Option& option) override { return inner_->destroy_pipeline(option); }
    int forward(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                const ncnn::Option& option) const override {
        require(bottoms);
        return inner_->forward(bottoms, tops, option);
    }
    int forward_inplace(std::vector<ncnn::Mat>& mats, const ncnn::Option& option) const override {
        require(mats);
        return inner_->forward_inplace(mats, option);
    }

  private:
    void require(const std::vector<ncnn::Mat>& bottoms) const {
        for (size_t i = scores_.first; i < bottoms.size() && i < scores_.end; i++) {
            const ncnn::Mat& mat = bottoms[i];
            if (mat.elembits() != 32) continue;
            const size_t values = size_t(mat.w) * size_t(mat.h) * size_t(mat.d) * size_t(mat.elempack);
            for (int channel = 0; channel < mat.c; channel++) {
                const float* row = mat.channel(channel);
                for (size_t j = 0; j < values; j++)
                    if (scores_.finite ? !std::isfinite(row[j]) : std::isnan(row[j])) refuse(i, row[j]);
            }
        }
    }

    [[noreturn]] void refuse(size_t input, float value) const {
        throw Error("TWINFER_ENGINE_FAILED",
                    "layer '" + name + "' (" + type + "): expected scores that can be sorted in input " +
                        std::to_string(input + 1) + ", received " + std::to_string(value),
                    "What the layers before it make is no number: look for the first of them with "
                    "`twinfer trace`.");
    }

    const Scores scores_;
};

} // namespace

void checkScores(ncnn::Net& net) {
    for (ncnn::Layer*& place : net.mutable_layers()) {
        const Scores* scores = scoresOf(place->typeindex);
        if (scores != nullptr && !place->support_vulkan)
            place = std::make_unique<ScoredLayer>(place, *scores).release();
    }
}

} // namespace twinfer
