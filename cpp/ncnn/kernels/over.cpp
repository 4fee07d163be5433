#include "over.h"

namespace twinfer::kernels {

namespace {

// Hands a layer its weights and keeps a reference to each.
class Kept : public ncnn::ModelBin {
  public:
    explicit Kept(const ncnn::ModelBin& from) : from_(from) {}

    ncnn::Mat load(int w, int type) const override { return keep(from_.load(w, type)); }
    ncnn::Mat load(int w, int h, int type) const override { return keep(from_.load(w, h, type)); }
    ncnn::Mat load(int w, int h, int c, int type) const override { return keep(from_.load(w, h, c, type)); }
    ncnn::Mat load(int w, int h, int d, int c, int type) const override {
        return keep(from_.load(w, h, d, c, type));
    }

    std::vector<ncnn::Mat> take() { return std::move(mats_); }

  private:
    ncnn::Mat keep(ncnn::Mat mat) const {
        mats_.push_back(mat);
        return mat;
    }

    const ncnn::ModelBin& from_;
    mutable std::vector<ncnn::Mat> mats_;
};

// Whether ncnn hands this layer 16 bits a value. On x86 it stores none as fp16, whatever the option says;
// bf16 is a matter of whole nets there, which have no kernels then.
bool isHalf(const ncnn::Layer& layer, const ncnn::Option& option) {
#ifdef __x86_64__
    (void)layer, (void)option;
    return false;
#else
    return (option.use_fp16_storage && layer.support_fp16_storage) ||
           (option.use_bf16_storage && layer.support_bf16_storage);
#endif
}

// A kernel stands in the place of all three: whoever turns one of them off asks for ncnn's plain loops.
bool allowsKernels(const ncnn::Option& option) {
    return option.use_winograd_convolution && option.use_sgemm_convolution && option.use_packing_layout;
}

} // namespace

Over::Over(const char* type, const Plan& plan) : plan_(plan), inner_(ncnn::create_layer_cpu(type)) {
    takeFlags();
}

void Over::takeFlags() {
    one_blob_only = inner_->one_blob_only;
    support_inplace = inner_->support_inplace;
    support_packing = inner_->support_packing;
    support_bf16_storage = inner_->support_bf16_storage;
    support_fp16_storage = inner_->support_fp16_storage;
    support_int8_storage = inner_->support_int8_storage;
    support_any_packing = inner_->support_any_packing;
    support_batch = inner_->support_batch;
}

int Over::load_param(const ncnn::ParamDict& params) {
    const int failed = inner_->load_param(params);
    takeFlags();
    readable_ = failed == 0 && read(params);
    return failed;
}

int Over::load_model(const ncnn::ModelBin& weights) {
    if (!readable_) return inner_->load_model(weights);
    Kept kept(weights);
    const int failed = inner_->load_model(kept);
    weights_ = kept.take();
    return failed;
}

int Over::create_pipeline(const ncnn::Option& option) {
    inner_->bottoms = bottoms;
    inner_->tops = tops;
    inner_->bottom_shapes = bottom_shapes;
    inner_->top_shapes = top_shapes;
    inner_->featmask = featmask;
    inner_->type = type;
    inner_->name = name;
    if (readable_ && allowsKernels(option) && !isHalf(*inner_, option)) share_ = prepare(weights_);
    weights_.clear();
    if (share_ == Share::all) {
        inner_.reset();
        support_batch = false; // ncnn hands over one item after the other
        return 0;
    }
    const int failed = inner_->create_pipeline(option);
    takeFlags();
    return failed;
}

int Over::destroy_pipeline(const ncnn::Option& option) {
    return inner_ == nullptr ? 0 : inner_->destroy_pipeline(option);
}

int Over::forward(const ncnn::Mat& bottom, ncnn::Mat& top, const ncnn::Option& option) const {
    tookLast_ = runsOnKernel(bottom);
    if (!tookLast_) return inner_->forward(bottom, top, option);
    std::vector<ncnn::Mat> tops(1);
    const int failed = run({bottom}, tops, option);
    top = tops[0];
    return failed;
}

int Over::forward(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                  const ncnn::Option& option) const {
    return inner_ == nullptr ? run(bottoms, tops, option) : inner_->forward(bottoms, tops, option);
}

ncnn::Mat packedBy(int pack, const ncnn::Mat& mat, const ncnn::Option& scratch) {
    if (mat.elempack == pack) return mat;
    ncnn::Mat packed;
    ncnn::convert_packing(mat, packed, pack, scratch);
    return packed;
}

ncnn::Option scratchOf(const ncnn::Option& option) {
    ncnn::Option scratch = option;
    scratch.blob_allocator = option.workspace_allocator;
    return scratch;
}

bool readActivation(const ncnn::ParamDict& params, Activation& activation) {
    activation.type = params.get(9, 0);
    const ncnn::Mat values = params.get(10, ncnn::Mat());
    // An array written without a point is one of integers.
    const bool integers = params.type(10) == 5;
    const auto value = [&](int i) {
        if (i >= values.w) return 0.f;
        return integers ? float(static_cast<const int*>(values.data)[i]) : values[i];
    };
    activation.a = value(0);
    activation.b = value(1);
    return (activation.type >= 0 && activation.type <= 4) || activation.type == 6;
}

} // namespace twinfer::kernels
