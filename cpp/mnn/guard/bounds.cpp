#include "bounds.h"

#include <algorithm>
#include <limits>

#include "core/TensorUtils.hpp"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMostBytes = std::numeric_limits<int32_t>::max();

struct Span {
    int64_t first;
    int64_t last;
};

Span spanOf(int64_t offset, const int32_t* stride, const int32_t* size) {
    Span span{offset, offset};
    for (int i = 0; i < 3; i++) {
        const int64_t reach = int64_t(size[i] - 1) * stride[i];
        (reach < 0 ? span.first : span.last) += reach;
    }
    return span;
}

// MNN itself counts a packed tensor's channels up to its pack in places.
int64_t placesIn(const MNN::Tensor& tensor) {
    return std::max<int64_t>(elementsOf(tensor), tensor.elementSize());
}

void needInside(const Span& span, const MNN::Tensor& tensor, const char* what) {
    const int64_t places = placesIn(tensor);
    if (span.first >= 0 && span.last < places) return;
    refuse(std::string("its ") + what + " reaches from " + std::to_string(span.first) + " to " +
           std::to_string(span.last) + " of " + std::to_string(places) + " values");
}

bool isEmpty(const int32_t* size) {
    return size[0] == 0 || size[1] == 0 || size[2] == 0;
}

} // namespace

void needBounds(const Sizing::Tensors& tensors) {
    for (const MNN::Tensor* tensor : tensors) {
        if (tensor == nullptr) refuse("one of its tensors does not exist");
        needRange(tensor->dimensions(), 0, 8, "a number of dimensions");
        for (int i = 0; i < tensor->dimensions(); i++)
            needRange(tensor->length(i), 0, kMostBytes, "a dimension of");
        if (elementsOf(*tensor) * std::max(tensor->getType().bytes(), 1) > kMostBytes)
            refuse("expected tensors below 2 GiB");
    }
}

void needRegionsInside(const MNN::Tensor& tensor) {
    const auto* describe = MNN::TensorUtils::getDescribe(&tensor);
    if (describe->memoryType != MNN::Tensor::InsideDescribe::MEMORY_VIRTUAL) return;
    for (const auto& region : describe->regions) {
        if (isEmpty(region.size)) continue;
        if (region.origin == nullptr || *std::min_element(region.size, region.size + 3) < 0)
            refuse("it takes a negative number of values");
        // As many bytes a value are copied as the output has, of smaller ones beyond their end.
        const halide_type_t from = region.origin->getType(), to = tensor.getType();
        if (from.bytes() < to.bytes() && describe->quantAttr == nullptr)
            refuse("it copies values of " + std::to_string(from.bits) + " bits as if they had " +
                   std::to_string(to.bits));
        needInside(spanOf(region.src.offset, region.src.stride, region.size), *region.origin, "input");
        needInside(spanOf(region.dst.offset, region.dst.stride, region.size), tensor, "output");
    }
}

void needViewsInside(const MNN::Command& command) {
    const MNN::LoopParam* loop = command.op->main_as_LoopParam();
    std::vector<const MNN::Tensor*> stack(static_cast<size_t>(loop->tensorNumber()), nullptr);
    const auto place = [&](const flatbuffers::Vector<int32_t>* indexes, const Sizing::Tensors& tensors) {
        needEqual(int64_t(tensors.size()), sizeOf(indexes), "a number of tensors");
        for (flatbuffers::uoffset_t i = 0; i < tensors.size(); i++)
            stack[size_t(indexes->Get(i))] = tensors[i];
    };
    place(loop->inputIndexes(), command.inputs);
    place(loop->outputIndexes(), command.outputs);
    if (loop->commands() == nullptr || loop->loopNumber() < 1) return;
    for (const MNN::RegionCommand* step : *loop->commands()) {
        const int32_t* size = step->size()->data();
        if (isEmpty(size)) continue;
        for (flatbuffers::uoffset_t i = 0; i < step->indexes()->size(); i++) {
            const MNN::Tensor* tensor = stack[size_t(step->indexes()->Get(i))];
            if (tensor == nullptr) refuse("a tensor of its loop is never made");
            if (step->iterIndexes()->Get(i) >= 0) continue; // its places are values, known when it runs
            const MNN::View* view = step->view()->Get(i);
            const Span once = spanOf(view->offset(), view->stride()->data(), size);
            const int64_t drift = int64_t(step->steps()->Get(i)) * (loop->loopNumber() - 1);
            needInside({once.first + std::min<int64_t>(drift, 0), once.last + std::max<int64_t>(drift, 0)},
                       *tensor, "loop");
        }
    }
}

} // namespace twinfer::mnn
