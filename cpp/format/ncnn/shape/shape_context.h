#pragma once

#include <string>
#include <vector>

#include "../param_file.h"
#include "blob_shape.h"

namespace twinfer {

// One layer while its shapes are worked out: its parameters, the shapes of its bottoms (all known
// when a rule runs) and room for those of its tops (unknown until set).
class ShapeContext {
  public:
    ShapeContext(const ParamFile& file, const ParamLayer& layer, std::vector<BlobShape> bottoms)
        : file_(file), layer_(layer), bottoms_(std::move(bottoms)), tops_(layer.tops.size()) {}

    const ParamLayer& layer() const { return layer_; }
    int at(int id, int otherwise = 0) const { return layer_.integer(id, otherwise); }

    size_t ins() const { return bottoms_.size(); }
    const BlobShape& in(size_t index = 0) const { return bottoms_[index]; }
    const std::vector<BlobShape>& bottoms() const { return bottoms_; }

    // Throws for a blob, or a padded copy of one, that only a damaged size can ask for.
    void requireMemory(const BlobShape& shape) const;

    size_t outs() const { return tops_.size(); }
    const std::vector<BlobShape>& tops() const { return tops_; }
    // Throws when an axis is below 1, where ncnn allocates nothing and crashes or gives up, or when there is
    // more of it than requireMemory lets pass.
    void out(const BlobShape& shape, size_t index = 0);

    // The bottoms do not fit this layer: TWINFER_SHAPE_MISMATCH.
    [[noreturn]] void mismatch(const std::string& expected, const std::string& received) const;
    // The parameters are wrong whatever the bottoms: TWINFER_MODEL_INVALID.
    [[noreturn]] void invalid(const std::string& expected, const std::string& received) const;
    // ncnn runs it, and what comes out is hardly what a converter meant (a softmax over a single value, an
    // axis that is not there): another reading of the inputs is more likely, where there is one.
    void doubt() { doubted_ = true; }
    bool doubted() const { return doubted_; }
    void require(bool fits, const std::string& expected, const std::string& received) const {
        if (!fits) mismatch(expected, received);
    }
    // Requires a number of dimensions. Layers that ask for three take Mat::c for channels without looking at
    // Mat::dims, and in packed layouts read outside a Mat that has fewer.
    void requireDims(int least, int most, size_t index = 0) const;
    void requireDims(int dims) const { requireDims(dims, dims); }
    bool wantsOtherRank() const { return wantsOtherRank_; }
    // The axis that a parameter means, 0 the outermost; -1 where the input has none such. A vector has one
    // axis, which ncnn takes whatever the parameter says.
    int axisOf(int axis) const;
    // As axisOf, and refuses what is not there.
    int requireAxis(int axis) const;
    // Requires the axis that ncnn calls channels to have this size.
    void requireOutermost(const BlobShape& shape, int64_t size, const char* what) const;

  private:
    const ParamFile& file_;
    const ParamLayer& layer_;
    std::vector<BlobShape> bottoms_;
    std::vector<BlobShape> tops_;
    bool doubted_ = false;
    mutable bool wantsOtherRank_ = false;
};

struct ShapeRule {
    const char* type;
    void (*infer)(ShapeContext&);
};

// One list a family of layers. Layers without a rule have unknown tops.
std::vector<ShapeRule> convolutionRules();
std::vector<ShapeRule> poolingRules();
std::vector<ShapeRule> elementwiseRules();
std::vector<ShapeRule> normalisationRules();
std::vector<ShapeRule> reshapeRules();
std::vector<ShapeRule> joinRules();
std::vector<ShapeRule> cropRules();
std::vector<ShapeRule> resizeRules();
std::vector<ShapeRule> matrixRules();
std::vector<ShapeRule> sequenceRules();
std::vector<ShapeRule> samplingRules();
std::vector<ShapeRule> detectionRules();
std::vector<ShapeRule> signalRules();

} // namespace twinfer
