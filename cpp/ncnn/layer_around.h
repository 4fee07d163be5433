#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ncnn/layer.h>

namespace twinfer {

// A layer that takes the place of another one in a Net that is loaded, and runs it: it answers for the
// other's abilities, blobs and name, and owns it.
class LayerAround : public ncnn::Layer {
  public:
    // Not by a copy of all: ncnn leaves members that it reserves without a value.
    explicit LayerAround(ncnn::Layer* inner) : inner_(inner) {
        one_blob_only = inner->one_blob_only;
        support_inplace = inner->support_inplace;
        support_packing = inner->support_packing;
        support_bf16_storage = inner->support_bf16_storage;
        support_fp16_storage = inner->support_fp16_storage;
        support_int8_storage = inner->support_int8_storage;
        support_any_packing = inner->support_any_packing;
        support_batch = inner->support_batch;
        featmask = inner->featmask;
        typeindex = inner->typeindex;
        type = inner->type;
        name = inner->name;
        bottoms = inner->bottoms;
        tops = inner->tops;
        bottom_shapes = inner->bottom_shapes;
        top_shapes = inner->top_shapes;
    }

    const ncnn::Layer* inner() const { return inner_.get(); }

  protected:
    const std::unique_ptr<ncnn::Layer> inner_;
};

} // namespace twinfer
