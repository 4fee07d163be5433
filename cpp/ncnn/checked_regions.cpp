#include "checked_regions.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <ncnn/layer.h>

#include "../error.h"

namespace twinfer {

namespace {

constexpr int kOriginal = 0;      // version (5=): the one of before Detectron 2
constexpr float kMostBeyond = 4;  // times the map: a box that is meant lies within
constexpr double kMost = 1 << 22; // samples of one region

// What ncnn (20261020, roialign_fp32.h) computes of one axis.
struct Span {
    float start = 0, bin = 0;
    int size = 0, pooled = 0;

    Span(float from, float to, float scale, bool aligned, int size, int pooled) : size(size), pooled(pooled) {
        start = from * scale - (aligned ? 0.5f : 0.f);
        const float length = to * scale - (aligned ? 0.5f : 0.f) - start;
        bin = (aligned ? length : std::max(length, 1.f)) / float(pooled);
    }

    bool isNear() const {
        const float most = kMostBeyond * float(size) + 64.f, end = start + bin * float(pooled);
        return std::isfinite(start) && std::isfinite(end) && std::abs(start) <= most && std::abs(end) <= most;
    }

    // Samples in each bin.
    double samples(int ratio) const { return ratio > 0 ? ratio : std::max(std::ceil(bin), 1.f); }

    // Whether the original version's samples lie in the map. It takes as many as the part of a bin inside the
    // map has, and spreads them over the whole bin.
    bool isInside(int ratio) const {
        for (int i = 0; i < pooled; i++) {
            const float from = edge(i);
            const int samples = samplesIn(i, ratio);
            if (samples < 1) continue;
            const float last = from + (float(samples) - 0.5f) * bin / float(samples);
            const float first = from + 0.5f * bin / float(samples);
            if (int(std::min(first, last)) < 0 || int(std::max(first, last)) >= size) return false;
        }
        return true;
    }

    // What it takes in all bins, and what it has room for.
    double taken(int ratio) const {
        double all = 0;
        for (int i = 0; i < pooled; i++) all += std::max(samplesIn(i, ratio), 0);
        return all;
    }
    double room(int ratio) const { return double(pooled) * (ratio > 0 ? ratio : std::ceil(bin)); }

  private:
    float edge(int of) const { return std::clamp(start + float(of) * bin, 0.f, float(size)); }
    int samplesIn(int of, int ratio) const {
        return ratio > 0 ? ratio : int(std::ceil(edge(of + 1) - edge(of)));
    }
};

class CheckedRegion : public ncnn::Layer {
  public:
    CheckedRegion() : inner_(ncnn::create_layer_cpu("ROIAlign")) { takeFlags(); }

    int load_param(const ncnn::ParamDict& params) override {
        width_ = params.get(0, 0);
        height_ = params.get(1, 0);
        scale_ = params.get(2, 1.f);
        ratio_ = params.get(3, 0);
        aligned_ = params.get(4, 0) != 0;
        version_ = params.get(5, 0);
        const int failed = inner_->load_param(params);
        takeFlags();
        return failed;
    }
    int load_model(const ncnn::ModelBin& weights) override { return inner_->load_model(weights); }
    int create_pipeline(const ncnn::Option& option) override { return inner_->create_pipeline(option); }
    int destroy_pipeline(const ncnn::Option& option) override { return inner_->destroy_pipeline(option); }

    int forward(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                const ncnn::Option& option) const override {
        requireRegion(bottoms[0], bottoms[1]);
        return inner_->forward(bottoms, tops, option);
    }

  private:
    void takeFlags() {
        one_blob_only = false;
        support_packing = inner_->support_packing;
        support_bf16_storage = inner_->support_bf16_storage;
        support_fp16_storage = inner_->support_fp16_storage;
        support_batch = inner_->support_batch;
    }

    void requireRegion(const ncnn::Mat& map, const ncnn::Mat& region) const {
        float corners[4] = {};
        for (int i = 0; i < 4; i++) {
            if (region.elembits() == 32)
                corners[i] = static_cast<const float*>(region.data)[i];
            else
                corners[i] = halfAt(static_cast<const unsigned short*>(region.data)[i]);
        }
        const Span x(corners[0], corners[2], scale_, aligned_, map.w, width_);
        const Span y(corners[1], corners[3], scale_, aligned_, map.h, height_);
        const auto fits = [&] {
            if (!x.isNear() || !y.isNear()) return false;
            if (x.samples(ratio_) * y.samples(ratio_) * width_ * height_ > kMost) return false;
            if (version_ != kOriginal) return true;
            // The edges of bins of a whole number of pixels may lie that much further apart, rounded.
            if (x.taken(ratio_) * y.taken(ratio_) > x.room(ratio_) * y.room(ratio_)) return false;
            return x.isInside(ratio_) && y.isInside(ratio_);
        };
        if (fits()) return;
        std::string received;
        for (const float corner : corners)
            received += (received.empty() ? "" : ", ") + std::to_string(corner);
        throw Error("TWINFER_SHAPE_MISMATCH",
                    "layer '" + name + "' (ROIAlign): expected a region inside its map of " +
                        std::to_string(map.w) + " x " + std::to_string(map.h) + ", received " + received +
                        " times " + std::to_string(scale_),
                    "ncnn does not check this and would read outside its memory.");
    }

    float halfAt(unsigned short bits) const {
        return support_bf16_storage ? ncnn::bfloat16_to_float32(bits) : ncnn::float16_to_float32(bits);
    }

    std::unique_ptr<ncnn::Layer> inner_;
    int width_ = 0, height_ = 0, ratio_ = 0, version_ = 0;
    float scale_ = 1;
    bool aligned_ = false;
};

ncnn::Layer* createChecked(void*) {
    return std::make_unique<CheckedRegion>().release();
}

} // namespace

void checkRegions(ncnn::Net& net, const ParamFile& param) {
    const auto isRegion = [](const ParamLayer& layer) { return layer.type == "ROIAlign"; };
    if (std::any_of(param.layers.begin(), param.layers.end(), isRegion))
        net.register_custom_layer("ROIAlign", createChecked);
}

} // namespace twinfer
